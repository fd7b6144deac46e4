/// Whether ∫ε dt is finite at an end of an interval: without it no noise has its variance, whatever the
/// steps.
enum DiffusionIntegral {
  /// Compares ∫ε over the rings 2^−(k+1) … 2^−k of the interval's length from the end, for k = 20
  /// and k = 30, by the midpoints of four parts.
  ///
  /// For ε ~ d^(−p) at the distance d their ratio is 2^(−10(1−p)): it is below 1 where the integral is
  /// finite, p < 1. What diverges or converges more slowly than any power, as 1/(d log²d), is taken for
  /// 1/d, which diverges.
  static func diverges(
    _ diffusion: (Double) -> Double,
    at end: Double,
    of interval: ClosedRange<Double>
  ) -> Bool {
    let length = interval.upperBound - interval.lowerBound
    let sign: Double = end == interval.lowerBound ? 1 : -1
    func ring(_ index: Int) -> Double {
      let width = length * Double(sign: .plus, exponent: -index - 1, significand: 1)
      return width
        * [1.125, 1.375, 1.625, 1.875].reduce(0) { $0 + 0.25 * diffusion(end + sign * width * $1) }
    }
    let (near, far) = (ring(30), ring(20))
    return near > 0 && near >= 0.99 * far
  }
}
