public import Tensors

/// The noise of a step: its increment and, where a method asks for it, its space–time Lévy area.
public struct StepNoise: Sendable {
  /// ΔM = ∫ √(2ε) dW over the step, `[rows, components]`.
  public var increment: Tensor<Double>
  /// H = (1/h) ∫ (M(s) − M(t)) ds − ΔM/2, `[rows, components]`, or nil where nobody asked.
  public var area: Tensor<Double>?

  /// The noise of a step.
  ///
  /// - Parameters:
  ///   - increment: ΔM.
  ///   - area: H, of the same shape; nil for methods that do not ask for it.
  public init(increment: Tensor<Double>, area: Tensor<Double>? = nil) {
    self.increment = increment
    self.area = area
  }

  /// The noise with given moments from standard normal numbers:
  /// ΔM = √V ξ₁, H = (½ − c) ΔM + √(vV) ξ₂.
  ///
  /// - Parameters:
  ///   - moments: V, c and v.
  ///   - first: ξ₁, `[rows, components]`.
  ///   - second: ξ₂, of the same shape; nil leaves the area out.
  public init(moments: NoiseMoments, first: Tensor<Double>, second: Tensor<Double>?) {
    increment = first
    increment.scale(by: moments.variance.squareRoot())
    area = second
    area?.scale(by: (moments.variance * moments.spread).squareRoot())
    if moments.slant != 0 { area?.add(increment, scaledBy: moments.slant) }
  }

  /// The noise of two steps on end as one: ΔM = ΔM₁ + ΔM₂,
  /// hH = h₁(H₁ + ΔM₁/2) + h₂(H₂ + ΔM₂/2) + h₂ΔM₁ − hΔM/2.
  ///
  /// - Parameters:
  ///   - next: the noise of the step that follows.
  ///   - size: h₁, the length of this step, in any unit.
  ///   - nextSize: h₂, in the same unit.
  /// - Returns: the noise of both; its area is nil where one of theirs is.
  public func followed(by next: StepNoise, size: Double, nextSize: Double) -> StepNoise {
    var joined = StepNoise(increment: increment)
    joined.increment.add(next.increment, scaledBy: 1)
    guard var area, let nextArea = next.area else { return joined }
    let first = size / (size + nextSize)
    let second = nextSize / (size + nextSize)
    area.scale(by: first)
    area.add(nextArea, scaledBy: second)
    area.add(increment, scaledBy: second / 2)
    area.add(next.increment, scaledBy: -first / 2)
    joined.area = area
    return joined
  }
}
