internal import Tensors

/// A field as a sum of x, constants and heads of networks: what a conversion is, before values.
struct FieldCombination: ConvertibleField, Sendable {
  /// One term of the sum.
  enum Term {
    case points, source, targetMean
    case head(Int)

    var position: Int {
      switch self {
      case .points: 0
      case .source: 1
      case .targetMean: 2
      case .head(let index): 3 + index
      }
    }
  }

  /// A place for each term: three, and a head for each of the seven kinds.
  private var weights = SIMD16<Double>.zero

  init(_ term: Term) { weights[term.position] = 1 }

  private init(_ weights: SIMD16<Double>) { self.weights = weights }

  subscript(term: Term) -> Double { weights[term.position] }

  var isFinite: Bool { weights.indices.allSatisfy { weights[$0].isFinite } }

  static func + (first: FieldCombination, second: FieldCombination) -> FieldCombination {
    FieldCombination(first.weights + second.weights)
  }

  static func - (first: FieldCombination, second: FieldCombination) -> FieldCombination {
    FieldCombination(first.weights - second.weights)
  }

  static func * (field: FieldCombination, factor: Double) -> FieldCombination {
    FieldCombination(field.weights * factor)
  }
}

/// Which heads, with which weights, make each quantity at a time.
struct FieldPlan<I: Interpolant>: Sendable {
  let interpolant: I
  let heads: [VectorField]
  private let known: KnownFields

  init(interpolant: I, heads: [VectorField], hasTargetMean: Bool) {
    require(
      heads.count <= VectorField.allCases.count,
      "each field is learned at most once, got \(heads.map(\.rawValue))"
    )
    self.interpolant = interpolant
    self.heads = heads
    var known = KnownFields(
      points: FieldCombination(.points),
      source: interpolant.source == nil ? nil : FieldCombination(.source),
      targetMean: hasTargetMean ? FieldCombination(.targetMean) : nil
    )
    for (index, kind) in heads.enumerated() { known[kind] = FieldCombination(.head(index)) }
    self.known = known
  }

  /// A quantity and its terms.
  struct Combination {
    let quantity: Quantities
    let field: FieldCombination
  }

  /// Whether something that follows from fields is made of E[x₁] at t = 0 where that is known.
  static func takesTargetMean(_ interpolant: I, _ heads: [VectorField]) -> Bool {
    let plan = FieldPlan(interpolant: interpolant, heads: heads, hasTargetMean: true)
    let available = plan.available
    return convertible.contains { quantity in
      guard available.contains(quantity), let field = try? plan.combination(quantity, at: 0) else {
        return false
      }
      return field[.targetMean] != 0
    }
  }

  /// Times at which a conversion is tried to know whether it exists inside (0, 1): no conversion is
  /// singular at these by chance.
  private static var probes: [Double] { [0.0713, 0.3127, 0.5711, 0.9137] }

  private func derivation(_ time: Double) -> FieldDerivation {
    FieldDerivation(
      time: time,
      latent: interpolant.latent(time),
      linear: interpolant.linearCoefficients(time),
      process: interpolant.process(time),
      hasBasePoint: interpolant.hasBasePoint,
      known: known
    )
  }

  private static var convertible: [Quantities] {
    [
      .velocity, .conditionalVelocity, .score, .denoiser, .baseDenoiser, .targetDenoiser, .drift,
      .divergence, .scoreDivergence,
    ]
  }

  private func combination(
    _ quantity: Quantities,
    at time: Double
  ) throws(ConversionError) -> FieldCombination {
    let derivation = derivation(time)
    let field =
      switch quantity {
      case .velocity, .divergence: try derivation.velocity()
      case .conditionalVelocity: try derivation.conditionalVelocity()
      case .score, .scoreDivergence: try derivation.score()
      case .denoiser: try derivation.denoiser()
      case .baseDenoiser: try derivation.baseDenoiser()
      case .targetDenoiser: try derivation.targetDenoiser()
      default: try derivation.drift()
      }
    guard field.isFinite else {
      throw .singular(
        conversion: "the \(quantity)",
        time: time,
        reason: "a coefficient of the conversion is infinite; stay away from this time"
      )
    }
    return field
  }

  /// The terms of each wanted quantity; stops where a conversion is singular.
  func combinations(for wanted: Quantities, at time: Double) -> [Combination] {
    Self.convertible.filter { wanted.contains($0) }.map { quantity in
      do {
        return Combination(quantity: quantity, field: try combination(quantity, at: time))
      } catch {
        fatalError("\(error)")
      }
    }
  }

  /// Whether all wanted quantities are heads as they stand, which are taken before any conversion.
  func isDirect(_ wanted: Quantities) -> Bool {
    var direct = heads.reduce(into: Quantities()) { $0.insert($1.quantity) }
    if direct.contains(.velocity) { direct.insert(.divergence) }
    if direct.contains(.score) { direct.insert(.scoreDivergence) }
    return wanted.isSubset(of: direct)
  }

  /// What can be had at all probes.
  var available: Quantities {
    var result: Quantities = []
    for quantity in Self.convertible {
      if quantity == .scoreDivergence, interpolant.latentCovariance != nil { continue }
      let isOffered = Self.probes.allSatisfy { obstacle(to: quantity, at: $0) == nil }
      if isOffered { result.insert(quantity) }
    }
    return result
  }

  /// The heads behind some quantities inside (0, 1).
  func used(for wanted: Quantities) -> Set<Int> {
    Self.probes.reduce(into: []) { $0.formUnion(used(for: wanted, at: $1)) }
  }

  /// The heads behind some quantities at a time, where conversions may be others than inside (0, 1); none
  /// behind a quantity that has no value there.
  func used(for wanted: Quantities, at time: Double) -> Set<Int> {
    var result: Set<Int> = []
    for quantity in Self.convertible where wanted.contains(quantity) {
      guard let field = try? combination(quantity, at: time) else { continue }
      for index in heads.indices where field[.head(index)] != 0 { result.insert(index) }
    }
    return result
  }

  func obstacle(to wanted: Quantities, at time: Double) -> ConversionError? {
    for quantity in Self.convertible where wanted.contains(quantity) {
      do {
        _ = try combination(quantity, at: time)
      } catch {
        return error
      }
    }
    return nil
  }
}
