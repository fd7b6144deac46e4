internal import Tensors

extension Variable {
  /// The gradient of this scalar with respect to each of `variables`, recorded on the same tape.
  ///
  /// - Parameter variables: values this one may depend on, no fills; where it does not, the gradient is zero.
  /// - Returns: one variable for each, of its shape; differentiable again.
  public func gradient(of variables: [Variable]) -> [Variable] {
    require(
      shape.elementCount == 1,
      "a gradient needs a scalar, got the shape \(shape); for a vector give a cotangent to "
        + "vectorJacobianProduct"
    )
    return Self.vectorJacobianProduct(
      of: [(self, tape.fill(1, shape: shape))],
      withRespectTo: variables
    )
  }

  /// Σ_k wₖᵀ ∂yₖ/∂x for each x of `variables` (reverse mode).
  ///
  /// - Parameters:
  ///   - outputs: pairs of a value y and its cotangent w, of the same shape.
  ///   - variables: the values x.
  /// - Returns: one variable for each x, of its shape; differentiable again.
  public static func vectorJacobianProduct(
    of outputs: [(value: Variable, cotangent: Variable)],
    withRespectTo variables: [Variable]
  ) -> [Variable] {
    guard let tape = outputs.first?.value.tape else {
      fatalError("a vector-Jacobian product needs at least one output")
    }
    require(
      variables.allSatisfy { $0.tape === tape } && outputs.allSatisfy { $0.value.tape === tape },
      "a value is differentiated with respect to a variable of another tape"
    )
    refuseFills(variables)
    let end = (outputs.map(\.value.index).max() ?? -1) + 1
    // Only what depends on a variable can pass a cotangent to it.
    var depends = [Bool](repeating: false, count: end)
    for variable in variables where variable.index < end { depends[variable.index] = true }
    for index in 0..<end where !depends[index] {
      depends[index] = tape.records[index].inputs.contains { depends[$0] }
    }
    var cotangents = [Variable?](repeating: nil, count: end)
    for (value, cotangent) in outputs {
      require(
        value.shape == cotangent.shape,
        "a value of shape \(value.shape) has a cotangent of shape \(cotangent.shape)"
      )
      cotangents[value.index] = Pushforwards.add(cotangents[value.index], cotangent)
    }
    let isWanted = Set(variables.map(\.index))
    for index in stride(from: end - 1, through: 0, by: -1) where depends[index] {
      guard let cotangent = cotangents[index] else { continue }
      let inputs = tape.records[index].inputs.map { Variable(tape: tape, index: $0) }
      if !inputs.contains(where: { depends[$0.index] }) { continue }
      let result = Variable(tape: tape, index: index)
      let parts = Pullbacks.cotangents(of: result, given: cotangent, inputs: inputs)
      for (input, part) in zip(inputs, parts) where depends[input.index] {
        cotangents[input.index] = Pushforwards.add(cotangents[input.index], part)
      }
      if !isWanted.contains(index) { cotangents[index] = nil }
    }
    return variables.map { variable in
      (variable.index < end ? cotangents[variable.index] : nil)
        ?? tape.fill(0, shape: variable.shape)
    }
  }

  /// What is computed from fills alone is a fill itself, which no longer depends on them: their derivatives would
  /// be 0, or a part.
  private static func refuseFills(_ variables: [Variable]) {
    require(
      variables.allSatisfy { $0.fillValue == nil },
      "a fill of the tape is a constant, with respect to which nothing is differentiated; make it an input"
    )
  }

  /// Σ_k ∂y/∂xₖ · vₖ for each y of `outputs` (forward mode).
  ///
  /// - Parameters:
  ///   - outputs: the values y.
  ///   - inputs: pairs of a value x and its tangent v, of the same shape.
  /// - Returns: one variable for each y, of its shape; differentiable again.
  public static func jacobianVectorProduct(
    of outputs: [Variable],
    along inputs: [(value: Variable, tangent: Variable)]
  ) -> [Variable] {
    guard let tape = outputs.first?.tape else { return [] }
    require(
      inputs.allSatisfy { $0.value.tape === tape } && outputs.allSatisfy { $0.tape === tape },
      "a value is differentiated with respect to a variable of another tape"
    )
    refuseFills(inputs.map(\.value))
    let end = (outputs.map(\.index).max() ?? -1) + 1
    var tangents = [Variable?](repeating: nil, count: end)
    var isSeed = [Bool](repeating: false, count: end)
    for (value, tangent) in inputs {
      require(
        value.shape == tangent.shape,
        "a value of shape \(value.shape) has a tangent of shape \(tangent.shape)"
      )
      guard value.index < end else { continue }
      tangents[value.index] = Pushforwards.add(tangents[value.index], tangent)
      isSeed[value.index] = true
    }
    for index in 0..<end where !isSeed[index] {
      let record = tape.records[index]
      let own = record.inputs.map { tangents[$0] }
      if own.allSatisfy({ $0 == nil }) { continue }
      tangents[index] = Pushforwards.tangent(
        of: Variable(tape: tape, index: index),
        inputs: record.inputs.map { Variable(tape: tape, index: $0) },
        tangents: own
      )
    }
    return outputs.map { tangents[$0.index] ?? tape.fill(0, shape: $0.shape) }
  }

  /// The divergence Σᵢ ∂fᵢ/∂xᵢ of each row, exact, by one Jacobian-vector product a dimension.
  ///
  /// - Parameter points: x, `[rows, dimension]`, of which row r of this value f, of the same shape,
  ///   depends on row r only.
  /// - Returns: `[rows]`; differentiable again.
  public func divergence(withRespectTo points: Variable) -> Variable {
    require(
      rank == 2 && shape == points.shape,
      "a divergence needs a field and points of one shape [rows, dimension], got \(shape) and "
        + "\(points.shape)"
    )
    let dimension = shape[1]
    if dimension == 0 { return tape.fill(0, shape: [shape[0]]) }
    let identity = Tensor<Scalar>(identity: dimension)
    let parts = (0..<dimension).map { axis -> Variable in
      let direction = tape.constant(identity.slice(axis..<axis + 1)).broadcast(to: shape)
      let product = Self.jacobianVectorProduct(of: [self], along: [(points, direction)])[0]
      return product.slice(axis..<axis + 1, along: 1)
    }
    return parts.dropFirst().reduce(parts[0], +).reshaped([shape[0]])
  }

  /// Hutchinson's estimate pᵀ (∂f/∂x) p of the divergence of each row.
  ///
  /// Unbiased where the probe has mean zero and unit covariance (Rademacher or Gaussian).
  ///
  /// - Parameters:
  ///   - points: x, `[rows, dimension]`, of which row r of this value f depends on row r only.
  ///   - probe: p, `[rows, dimension]`.
  /// - Returns: `[rows]`; differentiable again.
  public func divergence(withRespectTo points: Variable, probe: Variable) -> Variable {
    require(
      rank == 2 && shape == points.shape && shape == probe.shape,
      "a divergence needs a field, points and a probe of one shape [rows, dimension], got "
        + "\(shape), \(points.shape) and \(probe.shape)"
    )
    let product = Self.jacobianVectorProduct(of: [self], along: [(points, probe)])[0]
    return (product * probe).sum(along: 1)
  }
}
