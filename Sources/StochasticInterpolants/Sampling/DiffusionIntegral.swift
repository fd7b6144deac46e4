/// Whether ∫ε dt is finite at an end of an interval: without it no noise has its variance, whatever the
/// steps.
enum DiffusionIntegral {
  /// Compares ∫ε over the rings 2^−(k+1) … 2^−k of the interval's length from the end, for k = 20
  /// and k = 30, 30 and 40, and so on, by the midpoints of four parts.
  ///
  /// For ε ~ d^(−p) at the distance d their ratio is 2^(−10(1−p)): it is below 1 where the integral is
  /// finite, p < 1. It has to be 1 down to distances of 2,048 units in the last place of the end, or
  /// 2^−200: what is 1/d only as far as 10^−12 from an end has a finite integral. Of what differs from 1/d by
  /// logarithms alone, as 1/(d |log d|), the integral is taken for finite.
  static func diverges(
    _ diffusion: (Double) -> Double,
    at end: Double,
    of interval: ClosedRange<Double>
  ) -> Bool {
    let length = interval.upperBound - interval.lowerBound
    let sign: Double = end == interval.lowerBound ? 1 : -1
    func width(_ index: Int) -> Double {
      length * Double(sign: .plus, exponent: -index - 1, significand: 1)
    }
    func ring(_ index: Int) -> Double {
      let width = width(index)
      return width
        * [1.125, 1.375, 1.625, 1.875].reduce(0) { $0 + 0.25 * diffusion(end + sign * width * $1) }
    }
    // Closer to the end its distance is rounded too much to tell 1/d.
    let least = max(0x1p-200, 0x1p11 * end.ulp)
    var index = 30
    repeat {
      let near = ring(index)
      guard near > 0 && near >= 0.99 * ring(index - 10) else { return false }
      index += 10
    } while width(index) >= least
    return true
  }
}
