internal import RealModule
public import Tensors

/// Fields learned with one schedule, used with another (arXiv 2509.01629).
///
/// With x_t = x⁺_{t⁺}/r: b(t, x) = (ṫ⁺ b⁺(t⁺, r x))/r − (ṙ/r) x, s = r s⁺, η = η⁺ and
/// log ρ = log ρ⁺ + d log r.
///
/// Where ṫ⁺ is not finite, at a vertical tangent of α or where the known schedule is at rest, b of a one-sided
/// target from N(0, C₀) is (β̇/β) x + (α²β̇/β − αα̇) C₀ s (4.19), and ∇·b follows for C₀ = Id; at β = 0, where the
/// fields offer η₁ = E[x₁], b is (α̇/α) x + β̇ η₁ (4.20). Where a point x₀ is drawn, b there takes moments of x₀
/// that the fields do not have. ``obstacle(to:at:)`` says where b does not follow.
public struct TransferredFields<
  Known: Fields,
  Source: Interpolant,
  Target: Interpolant
>: Fields {
  /// The known fields.
  public let known: Known
  /// The change of time and scale.
  public let transfer: ScheduleTransfer<Source, Target>

  /// Uses fields of one interpolant for another.
  ///
  /// - Parameters:
  ///   - known: the fields of `source`.
  ///   - source: the interpolant they belong to.
  ///   - target: the interpolant to use.
  /// - Throws: ``TransferError`` where the two do not fit, or where learned or exact fields belong to another
  ///   interpolant than `source`.
  public init(
    _ known: Known,
    from source: Source,
    to target: Target
  ) throws(TransferError) {
    self.known = known
    transfer = try ScheduleTransfer(from: source, to: target)
    // Fields that know their interpolant tell whether `source` is it.
    guard let own = known as? any InterpolantFields else { return }
    for time in [0.1, 0.3, 0.5, 0.7, 0.9] {
      guard let theirs = own.linearCoefficients(time), let given = source.linearCoefficients(time)
      else { throw .notLinear }
      for (name, given, theirs) in [
        ("α", given.alpha, theirs.alpha), ("β", given.beta, theirs.beta),
        ("γ", given.latent, theirs.latent),
      ] where !given.value.isClose(to: theirs.value) {
        throw .otherInterpolant(
          time: time,
          coefficient: name,
          given: given.value,
          fields: theirs.value
        )
      }
    }
  }

  /// The known fields' dimension.
  public var dimension: Int { known.dimension }

  /// That of the known fields.
  public var hasStandardLatent: Bool { known.hasStandardLatent }

  private static var carried: Quantities {
    [
      .velocity, .score, .denoiser, .divergence, .baseDenoiser, .targetDenoiser, .logDensity,
      .scoreDivergence,
    ]
  }

  /// What the known fields offer, without v and the drift of a process.
  public var available: Quantities { known.available.intersection(Self.carried) }

  /// What has to be asked of the known fields.
  func needed(
    _ wanted: Quantities,
    at time: Double,
    _ point: ScheduleTransfer<Source, Target>.Point
  ) -> Quantities {
    guard !point.rate.isFinite else { return wanted }
    let factors = velocityFactors(at: time)
    var result = wanted.subtracting([.velocity, .divergence])
    if wanted.contains(.velocity), factors.score != 0 { result.insert(.score) }
    if wanted.contains(.velocity), factors.targetDenoiser != 0 { result.insert(.targetDenoiser) }
    if wanted.contains(.divergence), factors.score != 0 { result.insert(.scoreDivergence) }
    return result
  }

  private func velocityFactors(at time: Double) -> VelocityFactors {
    guard let own = transfer.target.linearCoefficients(time) else {
      fatalError("the target is not linear in its ends at t = \(time)")
    }
    return VelocityFactors(own)
  }

  /// Whether b and ∇·b, where they are wanted, follow at a time without a rate of t⁺.
  private func followsWithoutRate(_ wanted: Quantities, at time: Double) -> Bool {
    if wanted.isDisjoint(with: [.velocity, .divergence]) { return true }
    let factors = velocityFactors(at: time)
    // tr(C₀ ∇s) does not follow from ∇·s.
    let hasTrace = transfer.target.latentCovariance == nil || factors.score == 0
    return !transfer.target.hasBasePoint && factors.isFinite
      && (hasTrace || !wanted.contains(.divergence))
  }

  /// A singular conversion of the known fields at t⁺, or a ratio that they do not reach.
  public func obstacle(to wanted: Quantities, at time: Double) -> ConversionError? {
    guard let point = transfer.point(time) else {
      return .singular(
        conversion: "the transfer",
        time: time,
        reason: "the known fields' schedule does not reach this β/α; start later or end earlier"
      )
    }
    if point.rate.isFinite { return known.obstacle(to: wanted, at: point.time) }
    let needed = needed(wanted, at: time, point)
    guard followsWithoutRate(wanted, at: time), needed.isSubset(of: known.available) else {
      return .singular(
        conversion: "b of the transfer",
        time: time,
        reason: "α̇ is infinite or the known schedule at rest there, and what b is made of does not "
          + "follow from the known fields; start later or end earlier"
      )
    }
    return known.obstacle(to: needed, at: point.time)
  }

  /// Makes an evaluator around one of the known fields.
  public func makeEvaluator(_ wanted: Quantities, rows: Int) -> Evaluator {
    Evaluator(fields: self, wanted: wanted, rows: rows)
  }

  /// Evaluates the known fields at t⁺ and brings them back.
  public final class Evaluator: FieldEvaluator {
    private let fields: TransferredFields
    private let wanted: Quantities
    private let rows: Int
    private let regular: Known.Evaluator
    private var singular: (wanted: Quantities, evaluator: Known.Evaluator)?
    private var values: FieldValues

    init(fields: TransferredFields, wanted: Quantities, rows: Int) {
      self.fields = fields
      self.wanted = wanted
      self.rows = rows
      regular = fields.known.makeEvaluator(wanted, rows: rows)
      values = FieldValues(fields.known.available, rows: rows, dimension: fields.dimension)
    }

    /// Writes the wanted quantities.
    public func evaluate(time: Double, points: Tensor<Double>, into result: inout FieldValues) {
      let point = point(time)
      if !point.rate.isFinite {
        writeWithoutRate(time, point, points, into: &result)
        return
      }
      regular.evaluate(time: point.time, points: points * point.scale, into: &values)
      bringBack([point], points, into: &result)
    }

    /// Writes the wanted quantities at a time for each row.
    public func evaluate(
      times: Tensor<Double>,
      points: Tensor<Double>,
      into result: inout FieldValues
    ) {
      let own = times.elements.map { point($0) }
      // Without a rate the whole block goes to that time, and one row of it is kept.
      if let stand = own.first(where: { $0.rate.isFinite }) {
        let regularPoints = own.map { $0.rate.isFinite ? $0 : stand }
        let scales = Tensor(regularPoints.map(\.scale), shape: [own.count, 1])
        regular.evaluate(
          times: Tensor(regularPoints.map(\.time)),
          points: points * scales,
          into: &values
        )
        bringBack(regularPoints, points, into: &result)
      }
      for (row, point) in own.enumerated() where !point.rate.isFinite {
        var alone = FieldValues(wanted, rows: rows, dimension: fields.dimension)
        writeWithoutRate(times[row], point, points, into: &alone)
        result.copyRow(of: alone, from: row, to: row)
      }
    }

    private func point(_ time: Double) -> ScheduleTransfer<Source, Target>.Point {
      guard let point = fields.transfer.point(time) else {
        fatalError("the transfer does not reach t = \(time)")
      }
      return point
    }

    /// The known values with t⁺, r and their rates, of each row or one for all.
    private func bringBack(
      _ own: [ScheduleTransfer<Source, Target>.Point],
      _ points: Tensor<Double>,
      into result: inout FieldValues
    ) {
      func column(_ value: (ScheduleTransfer<Source, Target>.Point) -> Double) -> Tensor<Double> {
        Tensor(own.map(value), shape: [own.count, 1])
      }
      func vector(_ value: (ScheduleTransfer<Source, Target>.Point) -> Double) -> Tensor<Double> {
        Tensor(own.map(value))
      }
      let dimension = Double(fields.dimension)
      writeCarried(
        scale: column(\.scale),
        logScale: vector { dimension * Double.log($0.scale) },
        square: vector { $0.scale * $0.scale },
        into: &result
      )
      if wanted.contains(.velocity) {
        result.velocity =
          values.velocity * column { $0.rate / $0.scale } - points * column(\.growth)
      }
      if wanted.contains(.divergence) {
        result.divergence =
          values.divergence * vector(\.rate) - vector { dimension * $0.growth }
      }
    }

    private func writeCarried(
      scale: Tensor<Double>,
      logScale: Tensor<Double>,
      square: Tensor<Double>,
      into result: inout FieldValues
    ) {
      if wanted.contains(.score) { result.score = values.score * scale }
      if wanted.contains(.denoiser) { result.denoiser = values.denoiser }
      if wanted.contains(.baseDenoiser) { result.baseDenoiser = values.baseDenoiser }
      if wanted.contains(.targetDenoiser) { result.targetDenoiser = values.targetDenoiser }
      if wanted.contains(.logDensity) { result.logDensity = values.logDensity + logScale }
      if wanted.contains(.scoreDivergence) {
        result.scoreDivergence = values.scoreDivergence * square
      }
    }

    /// The wanted quantities where ṫ⁺ is not finite.
    private func writeWithoutRate(
      _ time: Double,
      _ point: ScheduleTransfer<Source, Target>.Point,
      _ points: Tensor<Double>,
      into result: inout FieldValues
    ) {
      let factors = fields.velocityFactors(at: time)
      let (scale, dimension) = (point.scale, Double(fields.dimension))
      evaluatorWithoutRate(fields.needed(wanted, at: time, point))
        .evaluate(time: point.time, points: points * scale, into: &values)
      writeCarried(
        scale: Tensor([scale], shape: [1, 1]),
        logScale: Tensor([dimension * Double.log(scale)]),
        square: Tensor([scale * scale]),
        into: &result
      )
      if wanted.contains(.velocity) {
        result.velocity = points * factors.points
        if factors.score != 0 {
          let covariance = fields.transfer.target.latentCovariance
          let score = covariance.map { .product(values.score, $0) } ?? values.score
          result.velocity = result.velocity + score * (factors.score * scale)
        }
        if factors.targetDenoiser != 0 {
          result.velocity = result.velocity + values.targetDenoiser * factors.targetDenoiser
        }
      }
      if wanted.contains(.divergence) {
        result.divergence = Tensor(repeating: dimension * factors.points, shape: [rows])
        if factors.score != 0 {
          result.divergence =
            values.scoreDivergence * (factors.score * scale * scale) + result.divergence
        }
      }
    }

    private func evaluatorWithoutRate(_ needed: Quantities) -> Known.Evaluator {
      if let singular, singular.wanted == needed { return singular.evaluator }
      let evaluator = fields.known.makeEvaluator(needed, rows: rows)
      singular = (needed, evaluator)
      return evaluator
    }
  }
}

/// The factors of b = c x + d C₀ s + e η₁ of a one-sided interpolant: c = β̇/β and d = α²β̇/β − αα̇ (4.19), and
/// where β = 0 c = α̇/α and e = β̇ (4.20).
private struct VelocityFactors {
  let points: Double
  let score: Double
  let targetDenoiser: Double

  init(_ own: LinearCoefficients) {
    let (alpha, beta) = (own.latent, own.beta)
    if beta.value == 0 {
      points = alpha.derivative / alpha.value
      score = 0
      targetDenoiser = beta.derivative
    } else {
      points = beta.derivative / beta.value
      score = alpha.value * alpha.value * points - alpha.product
      targetDenoiser = 0
    }
  }

  var isFinite: Bool { points.isFinite && score.isFinite && targetDenoiser.isFinite }
}
