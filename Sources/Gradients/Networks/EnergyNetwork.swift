public import Tensors

/// The field −∇E of an energy E (remark 2.13): a score that is a gradient by construction.
///
/// E(t, x) = Σₖ fₖ(t, x), the sum of the outputs of a network f. The gradient is recorded by the tape
/// and differentiated again for the parameters. With L_s the loss is
/// E[½|∇E|² − γ⁻¹ z · ∇E]; (2.31) prints the sign of the cross term for s = +∇E.
public struct EnergyNetwork<Potential: Network>: Network {
  /// f, whose outputs are summed.
  public let potential: Potential

  /// The field of a network's energy.
  ///
  /// - Parameter potential: f; an activation with a continuous derivative makes −∇E continuous.
  public init(_ potential: Potential) { self.potential = potential }

  /// The potential's dimension.
  public var dimension: Int { potential.dimension }

  /// The potential's parameters.
  public var parameterLayout: [ParameterShape] { potential.parameterLayout }

  /// Starts the potential's parameters.
  public func initialParameters(seed: UInt64) -> [Tensor<Double>] {
    potential.initialParameters(seed: seed)
  }

  /// Records E(t, x), `[rows, 1]`.
  ///
  /// - Parameters:
  ///   - parameters: those of the potential.
  ///   - time: `[rows, 1]`.
  ///   - points: `[rows, dimension]`.
  /// - Returns: `[rows, 1]`.
  public func energy<Scalar>(
    _ parameters: [Variable<Scalar>],
    time: Variable<Scalar>,
    points: Variable<Scalar>
  ) -> Variable<Scalar> {
    potential(parameters, time: time, points: points).sum(along: 1, keepingAxis: true)
  }

  /// Records −∇E.
  public func callAsFunction<Scalar>(
    _ parameters: [Variable<Scalar>],
    time: Variable<Scalar>,
    points: Variable<Scalar>
  ) -> Variable<Scalar> {
    // Row r of E depends on row r of x only, so the gradient of the sum is the gradient of each.
    -energy(parameters, time: time, points: points).sum().gradient(of: [points])[0]
  }
}

extension EnergyNetwork: Equatable where Potential: Equatable {}
extension EnergyNetwork: Hashable where Potential: Hashable {}
extension EnergyNetwork: Encodable where Potential: Encodable {}
extension EnergyNetwork: Decodable where Potential: Decodable {}
