import Foundation
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// What is left of a run with step control in which samples fail: the same for any number of workers.
@Suite struct UnfinishedRunTests {
  static let oracle = GaussianOracle()
  static let tolerance = ErrorTolerance(absolute: 1e-3, relative: 1e-3)
  /// One worker takes 256 rows at a time, two 128.
  static let count = 1_024

  /// The fields of the oracle, NaN at some (t, x).
  static func fields(
    failing: @escaping @Sendable (_ time: Double, _ point: Double) -> Bool = { _, _ in false }
  ) -> ClosureFields {
    ClosureFields(
      dimension: 1,
      velocity: { t, x in
        Tensor(
          x.elements.map { failing(t, $0) ? .nan : oracle.velocity(t, $0) },
          shape: x.shape
        )
      },
      score: { t, x in Tensor(x.elements.map { oracle.score(t, $0) }, shape: x.shape) },
      divergence: { t, x in Tensor(repeating: oracle.slope(t), shape: [x.shape[0]]) }
    )
  }

  /// Samples beyond 2.5 fail from t = 0.6 on.
  static let broken = fields { time, point in time >= 0.6 && point > 2.5 }

  static func unfinished(_ run: () throws -> Void) throws -> UnfinishedRun {
    let error = #expect(throws: SamplingError.self) { try run() }
    guard case .adaptive(let unfinished) = try #require(error) else {
      throw try #require(error)
    }
    return unfinished
  }

  /// The bits of two tensors, so that NaN equals NaN.
  static func areSame(_ first: Tensor<Double>, _ second: Tensor<Double>) -> Bool {
    first.shape == second.shape
      && first.elements.map(\.bitPattern) == second.elements.map(\.bitPattern)
  }

  /// Runs that save at two times, against one in which no sample fails.
  static func check(
    saving times: [Double],
    _ draw: (ClosureFields, _ workers: Int, _ saving: [Double]) throws -> Samples
  ) throws {
    let whole = try draw(fields(), 2, times)
    let runs = try [1, 2].map { workers in
      try unfinished { _ = try draw(broken, workers, times) }
    }
    for run in runs {
      let (samples, finished) = (run.samples, run.finished)
      let failed = (0..<count).filter { samples.reports[$0].outcome != .completed }
      #expect(finished.count + failed.count == count && failed.count > 50)
      // The sample that came least far, and the number of all.
      let stops = failed.map { samples.reports[$0].time }
      let first = failed[stops.firstIndex(of: stops.min() ?? 0) ?? 0]
      #expect(run.failure.row == first && run.failure.count == failed.count)
      #expect(run.failure.report == samples.reports[first])
      #expect(run.description.contains("sample \(first)"))
      #expect(run.description.contains("\(finished.count) of \(count) samples reached the end"))
      // Those that finished are what they are where none fails.
      #expect(samples.points.gatheringRows(finished) == whole.points.gatheringRows(finished))
      #expect(finished.map { samples.reports[$0] } == finished.map { whole.reports[$0] })
      // The others stand where they stopped, with what was kept on the way.
      #expect(samples.points.firstNonFinite == nil)
      for (time, points) in zip(times, zip(samples.trajectory, whole.trajectory)) {
        for sample in 0..<count {
          let (own, other) = (points.0[sample, 0], points.1[sample, 0])
          #expect(samples.reports[sample].time >= time ? own == other : own.isNaN)
        }
      }
      #expect(failed.contains { samples.trajectory[0][$0, 0].isNaN })
    }
    #expect(runs[0].failure == runs[1].failure)
    #expect(runs[0].samples.reports == runs[1].samples.reports)
    #expect(runs[0].samples.points == runs[1].samples.points)
    #expect(runs[0].samples.evaluations == runs[1].samples.evaluations)
  }

  @Test func samplesOfTheFlow() throws {
    try Self.check(saving: [0.9, 0.2]) { fields, workers, times in
      try Sampler(fields, workers: Workers(count: workers)).ode(
        count: Self.count,
        from: Self.oracle.base,
        tolerance: Self.tolerance,
        saving: times,
        seed: 4
      )
    }
  }

  /// Noise acts on a part of the times: samples fail in each of the three parts of a run, and the others pass them
  /// with their own noise.
  @Test(arguments: [0.3...0.7, 0.3...0.4, 0.65...0.9])
  func samplesOfTheSDE(_ noise: ClosedRange<Double>) throws {
    try Self.check(saving: [0.95, 0.2]) { fields, workers, times in
      try Sampler(fields, workers: Workers(count: workers)).sde(
        count: Self.count,
        from: Self.oracle.base,
        diffusion: .constant(0.5, on: noise),
        tolerance: Self.tolerance,
        saving: times,
        seed: 4
      )
    }
  }

  /// A field that fails at the last evaluation alone, which SRA1 does not make.
  @Test func theFinishingStep() throws {
    func draw(_ fields: ClosureFields, _ finishing: FinishingStep) throws -> Samples {
      try Sampler(fields).sde(
        count: 300,
        from: Self.oracle.base,
        diffusion: .constant(0.5),
        tolerance: Self.tolerance,
        times: 0...0.8,
        finishing: finishing,
        seed: 4
      )
    }
    let run = try Self.unfinished {
      _ = try draw(Self.fields { time, point in time == 0.8 && point > 2 }, .flow)
    }
    let (whole, standing) = (try draw(Self.fields(), .flow), try draw(Self.fields(), .none))
    let failed = (0..<300).filter { standing.points[$0, 0] > 2 }
    #expect(failed.count > 20 && run.failure.count == failed.count)
    #expect(run.failure.row == failed[0])
    for sample in 0..<300 {
      let report = run.samples.reports[sample]
      let own = run.samples.points[sample, 0]
      if failed.contains(sample) {
        #expect(report.outcome == .nonFiniteField(time: 0.8, component: 0))
        #expect(own == standing.points[sample, 0])
      } else {
        #expect(report.outcome == .completed && own == whole.points[sample, 0])
      }
    }
  }

  /// The evaluations are those of the sample that needed most, a finishing step of its own included: here one that
  /// failed, and so has none, in the same group as the others or in one of failures.
  @Test(arguments: [1, 2]) func evaluationsWhereTheDearestSampleFails(_ workers: Int) throws {
    // Half of the points stand at −1 and reach the end, half at 3, where the flow oscillates until it fails.
    let fields = ClosureFields(
      dimension: 1,
      velocity: { t, x in
        Tensor(
          x.elements.map { $0 < 1 ? 0 : t < 0.7 ? cos(200 * t) : .nan },
          shape: x.shape
        )
      },
      score: { _, x in -x }
    )
    let run = try Self.unfinished {
      _ = try Sampler(fields, workers: Workers(count: workers)).ode(
        count: 40,
        from: GivenPoints(Tensor((0..<40).map { $0 < 20 ? -1 : 3 }, shape: [40, 1])),
        tolerance: Self.tolerance,
        times: 0...0.8,
        finishing: .flow,
        seed: 4
      )
    }
    let reports = run.samples.reports
    #expect(run.finished == Array(0..<20))
    #expect(reports[20].evaluations > reports[0].evaluations + 1)
    #expect(run.samples.evaluations == reports[20].evaluations)
  }

  @Test(arguments: [Direction.forward, .backward])
  func logDensities(_ direction: Direction) throws {
    let isForward = direction == .forward
    let start = isForward ? try Self.oracle.base : try Self.oracle.target
    // Backward samples fail below t = 0.4 where they are beyond 0.
    let broken =
      isForward ? Self.broken : Self.fields { time, point in time < 0.4 && point > -0.5 }
    let points = RandomBlock(seed: 7, samples: 0..<Self.count).normal(columns: 1) * 2
    func draw(_ fields: ClosureFields, _ workers: Int) throws -> (Samples?, LogDensities) {
      let (samples, logs) = try Sampler(fields, workers: Workers(count: workers))
        .odeWithLogDensity(
          count: Self.count,
          from: start,
          tolerance: Self.tolerance,
          direction: direction,
          seed: 4
        )
      return (samples, logs)
    }
    func evaluate(_ fields: ClosureFields, _ workers: Int) throws -> (Samples?, LogDensities) {
      let sampler = Sampler(fields, workers: Workers(count: workers))
      // The path of a density runs against the direction of its samples.
      return (
        nil,
        try sampler.logDensity(
          points,
          from: start,
          tolerance: Self.tolerance,
          direction: isForward ? .backward : .forward
        )
      )
    }
    for ask in [draw, evaluate] {
      let whole = try ask(Self.fields(), 2)
      let runs = try [1, 2].map { workers in
        try Self.unfinished { _ = try ask(broken, workers) }
      }
      for run in runs {
        let logs = try #require(run.logDensity)
        let failed = (0..<Self.count).filter { run.samples.reports[$0].outcome != .completed }
        #expect(failed.count == run.failure.count && failed.count > 50)
        #expect(run.finished.count == Self.count - failed.count && !run.finished.isEmpty)
        #expect(run.finished.allSatisfy { logs.values[$0] == whole.1.values[$0] })
        #expect(failed.allSatisfy { logs.values[$0].isNaN })
        if let samples = whole.0 {
          let finished = run.finished
          #expect(
            run.samples.points.gatheringRows(finished) == samples.points.gatheringRows(finished)
          )
        }
      }
      #expect(runs[0].samples == runs[1].samples && runs[0].failure == runs[1].failure)
      #expect(
        Self.areSame(
          try #require(runs[0].logDensity).values,
          try #require(runs[1].logDensity).values
        )
      )
    }
  }

  /// No sample reaches the end in one step of 10⁻⁸.
  @Test func noSampleFinishes() throws {
    let run = try Self.unfinished {
      _ = try Sampler(Self.fields()).odeWithLogDensity(
        count: 10,
        from: Self.oracle.base,
        tolerance: Self.tolerance,
        limits: StepLimits(initialStep: 1e-8, attempts: 1),
        seed: 4
      )
    }
    #expect(run.finished.isEmpty && run.failure.count == 10 && run.failure.row == 0)
    #expect(run.logDensity?.values.elements.allSatisfy(\.isNaN) == true)
  }

  /// A bridge has what was computed in the user's coordinates.
  @Test func aBridgesCoordinates() throws {
    let (plain, user) = try BridgeCoordinatesTests.bridges()
    let map = BridgeCoordinatesTests.standardization
    let own = RandomBlock(seed: 7, samples: 0..<50).normal(columns: 1)
    let limits = StepLimits(attempts: 1)
    func drawn(_ bridge: Bridge<AnyInterpolant>) throws {
      _ = try bridge.sample(count: 50, tolerance: Self.tolerance, limits: limits)
    }
    func noisy(_ bridge: Bridge<AnyInterpolant>) throws {
      _ = try bridge.sample(
        count: 50,
        diffusion: .constant(0.5),
        tolerance: Self.tolerance,
        limits: limits
      )
    }
    func weighted(_ bridge: Bridge<AnyInterpolant>) throws {
      _ = try bridge.sampleWithLogDensity(count: 50, tolerance: Self.tolerance, limits: limits)
    }
    for run in [drawn, noisy, weighted] {
      let (first, second) = (
        try Self.unfinished { try run(plain) }, try Self.unfinished { try run(user) }
      )
      #expect(second.samples.points == map.undo(first.samples.points))
      #expect(second.samples.reports == first.samples.reports && second.failure == first.failure)
    }
    // Some number of attempts is enough for some points and not for others.
    let tolerance = ErrorTolerance(absolute: 1e-5, relative: 1e-5)
    func evaluate(_ bridge: Bridge<AnyInterpolant>, _ points: Tensor<Double>, attempts: Int) throws
    {
      _ = try bridge.logDensity(
        points,
        tolerance: tolerance,
        limits: StepLimits(attempts: attempts)
      )
    }
    var attempts = 1
    var log = try Self.unfinished { try evaluate(plain, own, attempts: 1) }
    while log.finished.isEmpty {
      attempts += 1
      log = try Self.unfinished { try evaluate(plain, own, attempts: attempts) }
    }
    let moved = try Self.unfinished { try evaluate(user, map.undo(own), attempts: attempts) }
    let (values, shifted) = (log.logDensity?.values, moved.logDensity?.values)
    #expect(!moved.finished.isEmpty)
    // To the rounding of the points in the user's coordinates, in Float.
    for point in moved.finished {
      let shift = (values?[point] ?? .nan) - (shifted?[point] ?? .nan) - map.logAbsDeterminant
      #expect(abs(shift) < BridgeCoordinatesTests.rounding)
    }
  }
}
