internal import RealModule
public import Tensors

extension MixtureFields {
  /// Finds out whether quantities have a value at a time.
  ///
  /// - Parameters:
  ///   - wanted: a subset of ``available``.
  ///   - time: t in [0, 1].
  /// - Throws: where the covariance of x_t is singular, or b, v or ∇·b is wanted where an infinite
  ///   derivative multiplies a moment that is not 0.
  public func check(_ wanted: Quantities, at time: Double) throws(MixtureFieldsError) {
    if !isPoint(time) || !wanted.isSubset(of: Self.pointLimits) { _ = try pairs(at: time) }
    if wanted.isDisjoint(with: [.velocity, .conditionalVelocity, .divergence, .drift]) { return }
    let own = coefficients(time)
    for (index, pair) in pairs.enumerated() {
      if let term = pair.infiniteTerm(own) {
        throw .infiniteSlope(
          coefficient: term.coefficient,
          component: index,
          time: time,
          moment: term.moment
        )
      }
    }
  }

  /// What ``check(_:at:)`` throws, as fields in general say it.
  public func obstacle(to wanted: Quantities, at time: Double) -> ConversionError? {
    do {
      try check(wanted, at: time)
      return nil
    } catch {
      return .singular(conversion: "the \(wanted)", time: time, reason: "\(error)")
    }
  }

  /// What has a limit where x_t is one fixed point: means of what does not depend on x.
  private static var pointLimits: Quantities {
    [.drift, .conditionalVelocity, .targetDenoiser, .denoiser]
  }

  /// Whether x_t is the point x₀ of the interpolant, as at t = 0.
  private func isPoint(_ time: Double) -> Bool {
    let own = coefficients(time)
    return interpolant.source != nil && own.beta.value == 0 && own.latent.value == 0
  }

  /// u = α̇x₀ + β̇E[x₁] + δ·0, v, η₁ = E[x₁] and η_z = 0 where x_t is the point x₀ (3.10).
  func writePointLimits(_ time: Double, into values: inout FieldValues) {
    guard isPoint(time) else { return }
    let own = coefficients(time)
    func mean(_ value: (MixturePair) -> Tensor<Double>) -> Tensor<Double> {
      pairs.dropFirst().reduce(value(pairs[0]) * Double.exp(pairs[0].logWeight)) {
        $0 + value($1) * Double.exp($1.logWeight)
      }
    }
    func write(_ vector: Tensor<Double>, into result: inout Tensor<Double>) {
      if result.count > 0 { result = vector.broadcast(to: result.shape) }
    }
    let meanDot = mean { $0.meanDot(own) }
    write(meanDot, into: &values.drift)
    write(meanDot, into: &values.conditionalVelocity)
    write(mean { $0.target.mean }, into: &values.targetDenoiser)
    write(Tensor(zeros: [1, dimension]), into: &values.denoiser)
  }

  /// The wanted quantities, or the reason why there are none.
  ///
  /// - Parameters:
  ///   - time: t in [0, 1].
  ///   - points: x, `[rows, dimension]`.
  ///   - wanted: a subset of ``available``; all of it unless given.
  /// - Returns: finite values, but for a log-density of −∞ where |x|² overflows.
  /// - Throws: what ``check(_:at:)`` throws, and where a value is NaN or infinite.
  public func values(
    at time: Double,
    _ points: Tensor<Double>,
    wanted: Quantities? = nil
  ) throws(MixtureFieldsError) -> FieldValues {
    try check(wanted ?? available, at: time)
    let values = self(time, points, wanted: wanted)
    for part in FieldValues.parts {
      let tensor = values[keyPath: part.path]
      guard let position = tensor.firstNonFinite else { continue }
      let columns = tensor.rank == 2 ? dimension : 1
      if part.path == \.logDensity, tensor.elements.allSatisfy({ $0.isFinite || $0 == -.infinity })
      {
        continue
      }
      throw .notFinite(quantity: part.name, row: position / columns, time: time)
    }
    return values
  }

  /// The divergence of a field, the trace of its Jacobian, `[rows]`.
  ///
  /// ∇·b and ∇·s are among the ``Quantities`` too; ∇·η_z = −γ∇·s.
  ///
  /// - Parameters:
  ///   - field: one of those that are ``available``.
  ///   - time: t in [0, 1].
  ///   - points: x, `[rows, dimension]`.
  /// - Returns: `[rows]`.
  /// - Throws: what ``check(_:at:)`` throws for the field.
  public func divergence(
    of field: VectorField,
    at time: Double,
    _ points: Tensor<Double>
  ) throws(MixtureFieldsError) -> Tensor<Double> {
    require(
      available.contains(field.quantity),
      "the field offers \(available), not \(field.quantity)"
    )
    require(
      points.rank == 2 && points.shape[1] == dimension,
      "a field in \(dimension) dimensions takes points of shape [rows, \(dimension)], got "
        + "\(points.shape)"
    )
    try check(field.quantity, at: time)
    let pairs = try pairs(at: time)
    var result = Tensor<Double>(zeros: [points.shape[0]])
    for block in RowBlocks(count: points.shape[0]) {
      let posterior = MixturePosterior(pairs, at: block.padded(points))
      let means = posterior.means(of: field, withDivergence: true)
      if let divergence = means.divergence { block.write(divergence, into: &result) }
    }
    return result
  }
}
