internal import Gradients
public import Tensors

/// The fields of a trained bridge: what was learned, and what follows from it.
///
/// b and s, b and η_z, v and s, η's, the drift of a process, for a one-sided interpolant that is linear in x₁ any
/// single one, for a mirror η_z, s or η₁ (b alone gives its flow, and says nothing of s where γ̇ = 0): the others are
/// conversions of those, taken at their limits at the ends; where a conversion is singular ``obstacle(to:at:)`` says so
/// before anything is computed.
public struct LearnedFields<I: Interpolant>: Fields {
  /// The interpolant, whose coefficients convert the fields into each other.
  public let interpolant: I
  /// The trained networks, each kind at most once.
  public let fields: [LearnedField]
  /// The number of components of a point.
  public let dimension: Int
  /// E[x₁], `[dimension]`, which conversions at t = 0 need; nil where it is not known.
  public let targetMean: Tensor<Double>?
  /// What factors of products between layers are rounded to.
  public let products: ProductPrecision
  /// What was learned, and what follows at the times inside (0, 1).
  public let available: Quantities

  let heads: [Head]
  private let programs = RecordedNetworks()
  /// C₀⁻¹.
  let precision: Tensor<Double>?

  /// One head of one network.
  struct Head: Sendable {
    let kind: VectorField
    let network: Int
    let position: Int
  }

  /// Joins trained networks.
  ///
  /// - Parameters:
  ///   - interpolant: the interpolant they were trained on.
  ///   - fields: at least one.
  ///   - targetMean: E[x₁], `[dimension]`, for conversions at t = 0 that need it (4.20).
  ///   - products: what factors of products between layers of at least 32 are rounded to, of the fields and of
  ///     their derivatives, but not of products with times and points; with bfloat16 a field errs by some 2⁻⁸ of
  ///     its size, which samples do not show and tolerances below that do.
  public init(
    interpolant: I,
    fields: [LearnedField],
    targetMean: Tensor<Double>? = nil,
    products: ProductPrecision = .full
  ) {
    guard let first = fields.first else { fatalError("learned fields need at least one network") }
    let dimension = first.network.dimension
    require(
      fields.allSatisfy { $0.network.dimension == dimension },
      "the networks of a bridge have one dimension, got \(fields.map(\.network.dimension))"
    )
    if let targetMean {
      require(
        targetMean.shape == [dimension],
        "the mean of x1 has the shape [\(dimension)], got \(targetMean.shape)"
      )
    }
    let heads = fields.enumerated().flatMap { network, field in
      field.kinds.enumerated().map { Head(kind: $1, network: network, position: $0) }
    }
    require(
      Set(heads.map(\.kind)).count == heads.count,
      "each field is learned at most once, got \(heads.map(\.kind.rawValue))"
    )
    self.interpolant = interpolant
    self.fields = fields
    self.dimension = dimension
    self.targetMean = targetMean
    self.products = products
    self.heads = heads
    let covariance = interpolant.latentCovariance
    do {
      precision = try covariance?.solvingSymmetric(Tensor(identity: dimension))
    } catch {
      fatalError("the covariance of the latent cannot be inverted: \(error)")
    }
    available =
      FieldPlan(interpolant: interpolant, heads: heads.map(\.kind), hasTargetMean: true).available
  }

  /// The same fields with products of another precision.
  public func with(products: ProductPrecision) -> LearnedFields {
    LearnedFields(
      interpolant: interpolant,
      fields: fields,
      targetMean: targetMean,
      products: products
    )
  }

  var plan: FieldPlan<I> {
    FieldPlan(
      interpolant: interpolant,
      heads: heads.map(\.kind),
      hasTargetMean: targetMean != nil
    )
  }

  /// The first conversion that is singular at a time.
  public func obstacle(to wanted: Quantities, at time: Double) -> ConversionError? {
    plan.obstacle(to: wanted, at: time)
  }

  /// Whether the interpolant's latent is N(0, Id).
  public var hasStandardLatent: Bool { precision == nil }

  /// ε of the latent's process.
  public func processDiffusion(_ time: Double) -> Double? {
    interpolant.process(time)?.diffusion
  }

  /// Makes the memory in which one thread evaluates blocks.
  ///
  /// A program is recorded when a number of rows is first asked for, and kept. What a row becomes does not
  /// depend on how many there are.
  public func makeEvaluator(_ wanted: Quantities, rows: Int) -> Evaluator {
    checkRows(rows)
    let withDivergence = !wanted.isDisjoint(with: [.divergence, .scoreDivergence])
    return Evaluator(
      fields: self,
      wanted: wanted,
      rows: rows,
      derivative: withDivergence ? .divergence : .none
    )
  }

  func checkRows(_ rows: Int) {
    require(rows >= 1, "fields are evaluated in blocks of at least one row, got \(rows)")
  }

  /// The program of a network with a derivative, for blocks of some rows.
  func program(_ derivative: HeadDerivative, of network: Int, rows: Int) -> PackedProgram {
    let field = fields[network]
    return programs.program(
      RecordedNetworks.Key(network: network, derivative: derivative, rows: rows),
      parameters: field.parameters
    ) {
      field.program(
        rows: rows,
        derivative,
        covariance: interpolant.latentCovariance,
        products: products
      )
    }
  }
}

extension LearnedFields: InterpolantFields {
  var hasBasePoint: Bool { interpolant.hasBasePoint }
  func latent(_ time: Double) -> Double { interpolant.latent(time).value }
  func linearCoefficients(_ time: Double) -> LinearCoefficients? {
    interpolant.linearCoefficients(time)
  }
}
