import Foundation
import Gradients
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Samplers whose steps each sample chooses for itself.
@Suite struct AdaptiveSamplerTests {
  static let oracle = GaussianOracle()
  static let tolerance = ErrorTolerance(absolute: 1e-8, relative: 1e-8)

  /// The exact flow between the Gaussians: X_t = m(t) + √(c(t)/c(s)) (x − m(s)).
  static func flow(_ x: Tensor<Double>, from start: Double, to end: Double) -> Tensor<Double> {
    (x - oracle.mean(start))
      * (oracle.variance(end) / oracle.variance(start)).squareRoot()
      + oracle.mean(end)
  }

  @Test(arguments: RungeKutta.all.filter { $0.error != nil }, [Direction.forward, .backward])
  func theFlowIsFollowedToTheTolerance(_ method: RungeKutta, _ direction: Direction) throws {
    let (start, density) =
      direction == .forward
      ? (0.0, try Self.oracle.base) : (1.0, try Self.oracle.target)
    let sampler = Sampler(Self.oracle.fields)
    func draw(_ tolerance: Double) throws -> Samples {
      try sampler.ode(
        count: 40,
        from: density,
        method: method,
        tolerance: ErrorTolerance(absolute: tolerance, relative: tolerance),
        direction: direction,
        saving: [start, 0.37],
        seed: 3
      )
    }
    // A method of low order makes some thousand steps at what one of high order meets in ten.
    let tolerance = (method.error?.order ?? 0) > 3 ? 1e-7 : 1e-4
    let samples = try draw(tolerance)
    let origin = samples.trajectory[0]
    // The errors of the steps, each within the tolerance, grow by less than 3: the flow's slope is
    // √(c(1)/c(0)) = 1.7.
    let most = samples.reports.map(\.accepted).max() ?? 0
    let bound = 3 * tolerance * Double(most)
    for (time, points) in [(0.37, samples.trajectory[1]), (1 - start, samples.points)] {
      let exact = Self.flow(origin, from: start, to: time)
      let distance = (points - exact).elements.map(\.magnitude).max() ?? .infinity
      // Points off the steps have the order of the dense output, one less than the method's.
      #expect(distance < (time == 0.37 ? 20 : 1) * bound, "t = \(time)")
    }
    #expect(samples.reports.count == 40)
    #expect(samples.reports.allSatisfy { $0.outcome == .completed && $0.time == 1 - start })
    #expect(samples.evaluations == samples.reports.map(\.evaluations).max())
    // A tighter tolerance costs more.
    #expect(try draw(tolerance / 30).evaluations > samples.evaluations)
  }

  @Test func aSampleDoesNotDependOnCountOrWorkers() throws {
    let network = MLP(dimension: 2, hidden: [16, 16], activation: .silu)
    let fields = LearnedFields(
      interpolant: TwoSidedInterpolant.linear(gamma: QuadraticLatent()),
      fields: [
        .untrained([.velocity], network, seed: 1),
        .untrained([.denoiser], network, seed: 2),
      ]
    )
    let loose = ErrorTolerance(absolute: 1e-3, relative: 1e-3)
    func ode(_ count: Int, _ workers: Int) throws -> Tensor<Double> {
      try Sampler(fields, workers: Workers(count: workers)).ode(
        count: count,
        from: StandardGaussian(dimension: 2),
        tolerance: loose,
        seed: 9
      ).points
    }
    func sde(_ count: Int, _ workers: Int) throws -> Tensor<Double> {
      try Sampler(fields, workers: Workers(count: workers)).sde(
        count: count,
        from: StandardGaussian(dimension: 2),
        diffusion: .latent(1, of: fields.interpolant),
        tolerance: loose,
        seed: 9
      ).points
    }
    for draw in [ode, sde] {
      let all = try draw(300, 1)
      for (count, workers) in [(300, 2), (1, 1), (130, 2)] {
        #expect(try draw(count, workers) == all.slice(0..<count))
      }
    }
  }

  @Test(arguments: [0.3, 2])
  func stepControlKeepsTheLawOfTheSDE(_ diffusion: Double) throws {
    for direction in [Direction.forward, .backward] {
      let samples = try Sampler(Self.oracle.fields).sde(
        count: 1_000,
        from: direction == .forward ? try Self.oracle.base : try Self.oracle.target,
        diffusion: .constant(diffusion, on: 0.1...0.9),
        tolerance: ErrorTolerance(absolute: 1e-3, relative: 1e-3),
        direction: direction,
        saving: [0.5],
        seed: 5
      )
      // Weak errors lie below the errors of paths, some steps of 1e-3 each.
      let bias = 2e-3
      SamplerTests.checkLaw(
        samples.trajectory[0],
        mean: Self.oracle.mean(0.5),
        variance: Self.oracle.variance(0.5),
        bias: bias
      )
      let isForward = direction == .forward
      SamplerTests.checkLaw(
        samples.points,
        mean: isForward ? Self.oracle.mean1 : Self.oracle.mean0,
        variance: isForward ? Self.oracle.variance1 : Self.oracle.variance0,
        bias: bias
      )
      #expect(samples.reports.contains { $0.rejected > 0 })
    }
  }

  @Test func onePathIsSolvedAtAnyTolerance() throws {
    // The tree's path is the same for every tolerance: ends come together as it falls.
    let count = 50
    func run(_ tolerance: Double) throws -> Samples {
      try Sampler(Self.oracle.fields).sde(
        count: count,
        from: Self.oracle.base,
        diffusion: .constant(1),
        tolerance: ErrorTolerance(absolute: tolerance, relative: 0),
        seed: 8
      )
    }
    let finest = try run(1e-4).points
    func distance(_ samples: Samples) -> Double {
      ((samples.points - finest).sumOfSquares / Double(count)).squareRoot()
    }
    let (loose, tight) = (try run(3e-2), try run(3e-3))
    let (coarse, fine) = (distance(loose), distance(tight))
    // Errors of steps add up like their square root, as the drift draws paths together; two
    // independent paths would be √(2·1.5) apart.
    let steps = Double(loose.reports.reduce(0) { $0 + $1.accepted }) / Double(count)
    #expect(coarse < 3e-2 * 2 * steps.squareRoot())
    // The estimate is O(h^1.5), and errors fall at least with the steps, at strong order 1; the
    // ratio of two root mean squares of n has the relative standard error 1/√n.
    #expect(fine < coarse / pow(10, 2.0 / 3) * (1 + 5 / Double(count).squareRoot()))
  }

  @Test func aFailureNamesTheSample() throws {
    // A field that is NaN beyond t = ½ at the largest of the points, which stands in a later set of
    // rows: sample numbers are those of the whole run.
    let start = StandardGaussian(dimension: 1)
    let points = start.sample(RandomBlock(seed: 2, stream: 0x0200, samples: 0..<3_000)).elements
    let largest = points.max() ?? 0
    let first = points.firstIndex(of: largest)
    #expect((first ?? 0) > 300)
    let fields = ClosureFields(
      dimension: 1,
      velocity: { t, x in
        Tensor(x.elements.map { t > 0.5 && $0 >= largest ? .nan : 0 }, shape: x.shape)
      }
    )
    do {
      _ = try Sampler(fields).ode(count: 3_000, from: start, tolerance: Self.tolerance, seed: 2)
      Issue.record("a NaN field went through")
    } catch {
      guard case .adaptive(let run) = error else {
        Issue.record("another error: \(error)")
        return
      }
      let failure = run.failure
      #expect(failure.row == first)
      guard case .nonFiniteField(let time, 0) = failure.report.outcome else {
        Issue.record("another outcome: \(failure)")
        return
      }
      #expect(time > 0.5 && "\(error)".contains("sample \(failure.row)"))
    }
  }

  @Test func aMethodWithoutEstimateIsMisuse() async {
    let result = await #expect(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) {
      _ = try Sampler(GaussianOracle().fields).ode(
        count: 1,
        from: GaussianOracle().base,
        method: .rk4,
        tolerance: ErrorTolerance(absolute: 1e-3, relative: 0),
        seed: 0
      )
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("has no error estimate"))
  }

  @Test(arguments: [0, 0.5])
  func aSavedTimeARoundingBeyondTheEndIsTheEnd(_ diffusion: Double) throws {
    let beyond = 0.1 + 0.2
    #expect(beyond > 0.3)
    func draw(_ times: ClosedRange<Double>, saving: [Double]) throws -> Samples {
      try Sampler(Self.oracle.fields).sde(
        count: 20,
        from: Self.oracle.base,
        diffusion: .constant(diffusion, on: 0.1...0.3),
        tolerance: ErrorTolerance(absolute: 1e-3, relative: 1e-3),
        times: times,
        saving: saving,
        seed: 1
      )
    }
    let samples = try draw(0...0.3, saving: [beyond, 0])
    #expect(samples.trajectory[0] == samples.points && samples.trajectory[1] != samples.points)
    // Where the noise ends another part of the run begins.
    if diffusion > 0 {
      let cut = try draw(0...1, saving: [beyond]).trajectory
      #expect(try draw(0...1, saving: [0.3]).trajectory == cut)
    }
    let fixed = try Sampler(Self.oracle.fields).ode(
      count: 20,
      from: Self.oracle.base,
      steps: 10,
      times: 0...0.3,
      saving: [beyond],
      seed: 1
    )
    #expect(fixed.trajectory[0] == fixed.points)
  }

  @Test func aSavedTimeOutsideTheTimesIsMisuse() async {
    let result = await #expect(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) {
      _ = try Sampler(GaussianOracle().fields).ode(
        count: 1,
        from: GaussianOracle().base,
        tolerance: ErrorTolerance(absolute: 1e-3, relative: 0),
        times: 0...0.5,
        saving: [0.7, 0.2],
        seed: 0
      )
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      text.contains("the time 0.7 to be saved is outside the times of the sampler, 0.0...0.5")
    )
  }
}
