public import Tensors

/// The quantities a field can be asked for.
public struct Quantities: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: Int

  /// A set of bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// b(t, x) = E[ẋ_t | x_t = x] (2.10).
  public static let velocity = Quantities(rawValue: 1)
  /// s(t, x) = ∇ log ρ(t, x) (2.14).
  public static let score = Quantities(rawValue: 2)
  /// η_z(t, x) = E[z | x_t = x] (2.17).
  public static let denoiser = Quantities(rawValue: 4)
  /// ∇ · b(t, x).
  public static let divergence = Quantities(rawValue: 8)
  /// v(t, x) = E[∂_t I | x_t = x] (2.28).
  public static let conditionalVelocity = Quantities(rawValue: 16)
  /// η₀(t, x) = E[x₀ | x_t = x].
  public static let baseDenoiser = Quantities(rawValue: 32)
  /// η₁(t, x) = E[x₁ | x_t = x].
  public static let targetDenoiser = Quantities(rawValue: 64)
  /// log ρ(t, x).
  public static let logDensity = Quantities(rawValue: 128)
  /// ∇ · s(t, x) = Δ log ρ.
  public static let scoreDivergence = Quantities(rawValue: 256)
  /// u(t, x) = b + εs with ε of the latent's process (3.10).
  public static let drift = Quantities(rawValue: 512)
}

extension Quantities: CustomStringConvertible {
  /// The names of the members.
  public var description: String {
    let names: [(Quantities, String)] = [
      (.velocity, "velocity"), (.score, "score"), (.denoiser, "denoiser"),
      (.divergence, "divergence of the velocity"), (.conditionalVelocity, "conditional velocity"),
      (.baseDenoiser, "denoiser of x0"), (.targetDenoiser, "denoiser of x1"),
      (.logDensity, "log density"), (.scoreDivergence, "divergence of the score"),
      (.drift, "drift of the latent's process"),
    ]
    return "[" + names.filter { contains($0.0) }.map(\.1).joined(separator: ", ") + "]"
  }
}

/// The values of the wanted quantities at the rows of a block; memory is reused between calls.
public struct FieldValues: Sendable {
  /// b, `[rows, dimension]`.
  public var velocity: Tensor<Double>
  /// s, `[rows, dimension]`.
  public var score: Tensor<Double>
  /// η_z, `[rows, dimension]`.
  public var denoiser: Tensor<Double>
  /// ∇ · b, `[rows]`.
  public var divergence: Tensor<Double>
  /// v, `[rows, dimension]`.
  public var conditionalVelocity: Tensor<Double>
  /// η₀, `[rows, dimension]`.
  public var baseDenoiser: Tensor<Double>
  /// η₁, `[rows, dimension]`.
  public var targetDenoiser: Tensor<Double>
  /// log ρ, `[rows]`.
  public var logDensity: Tensor<Double>
  /// ∇ · s, `[rows]`.
  public var scoreDivergence: Tensor<Double>
  /// u, `[rows, dimension]`.
  public var drift: Tensor<Double>

  /// Zeros for the wanted quantities, empty tensors for the others.
  ///
  /// - Parameters:
  ///   - wanted: what will be written.
  ///   - rows: the number of rows of a block.
  ///   - dimension: the number of components of a point.
  public init(_ wanted: Quantities, rows: Int, dimension: Int) {
    func zeros(_ quantity: Quantities, _ shape: [Int]) -> Tensor<Double> {
      Tensor(zeros: wanted.contains(quantity) ? shape : [0])
    }
    velocity = zeros(.velocity, [rows, dimension])
    score = zeros(.score, [rows, dimension])
    denoiser = zeros(.denoiser, [rows, dimension])
    divergence = zeros(.divergence, [rows])
    conditionalVelocity = zeros(.conditionalVelocity, [rows, dimension])
    baseDenoiser = zeros(.baseDenoiser, [rows, dimension])
    targetDenoiser = zeros(.targetDenoiser, [rows, dimension])
    logDensity = zeros(.logDensity, [rows])
    scoreDivergence = zeros(.scoreDivergence, [rows])
    drift = zeros(.drift, [rows, dimension])
  }
}

/// The fields of an interpolant, learned, exact or given by functions.
///
/// A field is asked once for what is needed, so that a network with two heads or an exact mixture
/// answers b and s in one pass.
public protocol Fields: Sendable {
  /// The number of components of a point.
  var dimension: Int { get }

  /// What can be asked for.
  var available: Quantities { get }

  /// Why some quantities cannot be had at a time, although ``available`` offers them at others; nil
  /// where they can.
  ///
  /// - Parameters:
  ///   - wanted: a subset of ``available``.
  ///   - time: t in [0, 1].
  /// - Returns: the conversion that is singular there.
  func obstacle(to wanted: Quantities, at time: Double) -> ConversionError?

  /// Whether the latent is N(0, Id), so that s = −η_z/γ without a matrix.
  var hasStandardLatent: Bool { get }

  /// ε(t) of the latent's process, to which ``Quantities/drift`` belongs; nil where there is none.
  func processDiffusion(_ time: Double) -> Double?

  /// What answers questions on one thread.
  associatedtype Evaluator: FieldEvaluator

  /// Makes the memory in which one thread evaluates blocks.
  ///
  /// - Parameters:
  ///   - wanted: the quantities, a subset of ``available``.
  ///   - rows: the number of rows of every block.
  /// - Returns: the evaluator, for one thread.
  func makeEvaluator(_ wanted: Quantities, rows: Int) -> Evaluator
}

/// Evaluates fields on one thread; not shared.
public protocol FieldEvaluator: AnyObject {
  /// Writes the wanted quantities at time t and points x.
  ///
  /// - Parameters:
  ///   - time: t in [0, 1].
  ///   - points: x, `[rows, dimension]`.
  ///   - values: receives the wanted quantities; the others are left alone.
  func evaluate(time: Double, points: Tensor<Double>, into values: inout FieldValues)
}

extension Fields {
  /// The wanted quantities, or the conversion that is singular at this time.
  ///
  /// - Parameters:
  ///   - time: t in [0, 1].
  ///   - points: x, `[rows, dimension]`.
  ///   - wanted: a subset of ``available``; all of it unless given.
  /// - Returns: the wanted quantities, a row for each point.
  /// - Throws: ``ConversionError`` where ``obstacle(to:at:)`` has one, as for a score −η/γ where γ = 0.
  public func values(
    at time: Double,
    _ points: Tensor<Double>,
    wanted: Quantities? = nil
  ) throws(ConversionError) -> FieldValues {
    if let obstacle = obstacle(to: wanted ?? available, at: time) { throw obstacle }
    return self(time, points, wanted: wanted)
  }

  /// Nil: everything offered is finite at all times.
  public func obstacle(to wanted: Quantities, at time: Double) -> ConversionError? { nil }

  /// True.
  public var hasStandardLatent: Bool { true }

  /// Nil: no process.
  public func processDiffusion(_ time: Double) -> Double? { nil }

  /// The wanted quantities at time t and points x, for any number of rows.
  ///
  /// - Parameters:
  ///   - time: t in [0, 1].
  ///   - points: x, `[rows, dimension]`.
  ///   - wanted: a subset of ``available``; all of it unless given. Quantities to which there is an
  ///     ``obstacle(to:at:)`` stop the program with its text; ``values(at:_:wanted:)`` throws it.
  /// - Returns: the wanted quantities, a row for each point.
  public func callAsFunction(
    _ time: Double,
    _ points: Tensor<Double>,
    wanted: Quantities? = nil
  ) -> FieldValues {
    let wanted = wanted ?? available
    require(
      wanted.isSubset(of: available),
      "the field offers \(available), not \(wanted.subtracting(available))"
    )
    require(
      points.rank == 2 && points.shape[1] == dimension,
      "a field in \(dimension) dimensions takes points of shape [rows, \(dimension)], got "
        + "\(points.shape)"
    )
    if let obstacle = obstacle(to: wanted, at: time) { fatalError("\(obstacle)") }
    let rows = points.shape[0]
    var all = FieldValues(wanted, rows: rows, dimension: dimension)
    let evaluator = makeEvaluator(wanted, rows: RowBlocks.size)
    var values = FieldValues(wanted, rows: RowBlocks.size, dimension: dimension)
    for block in RowBlocks(count: rows) {
      evaluator.evaluate(time: time, points: block.padded(points), into: &values)
      block.write(values.velocity, into: &all.velocity)
      block.write(values.score, into: &all.score)
      block.write(values.denoiser, into: &all.denoiser)
      block.write(values.divergence, into: &all.divergence)
      block.write(values.conditionalVelocity, into: &all.conditionalVelocity)
      block.write(values.baseDenoiser, into: &all.baseDenoiser)
      block.write(values.targetDenoiser, into: &all.targetDenoiser)
      block.write(values.logDensity, into: &all.logDensity)
      block.write(values.scoreDivergence, into: &all.scoreDivergence)
      block.write(values.drift, into: &all.drift)
    }
    return all
  }
}
