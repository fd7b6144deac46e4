internal import Gradients
public import Tensors

/// How the times of an objective's rows are drawn.
///
/// Every choice estimates the same ∫ E[…] dt/(t₁ − t₀) without bias. With uniform times rows are
/// independent; stratified times put row i of n into the i-th of n equal parts; quasi-random times
/// are the multiples of the golden ratio after a random shift. A ``TimeDensity`` puts more rows where
/// the target varies more, and weights each by 1/p.
public struct TimeSampling: Sendable, Hashable, Codable {
  /// The numbers on [0, 1) behind the times.
  public enum Points: String, Sendable, Hashable, Codable, CaseIterable {
    /// One uniform number a row.
    case independent
    /// Row i of n: (i + uniform)/n.
    case stratified
    /// Row i: the fractional part of one uniform shift + i (√5 − 1)/2.
    case quasiRandom
  }

  /// The numbers behind the times.
  public let points: Points
  /// The law of the times; nil for the uniform law.
  public let density: TimeDensity?

  /// Joins numbers and a law.
  ///
  /// - Parameters:
  ///   - points: the numbers behind the times.
  ///   - density: the law of the times; nil for the uniform law.
  public init(points: Points = .independent, density: TimeDensity? = nil) {
    self.points = points
    self.density = density
  }

  /// Independent uniform times.
  public static let uniform = TimeSampling()
  /// One time in each of n equal parts.
  public static let stratified = TimeSampling(points: .stratified)
  /// A shifted golden-ratio sequence.
  public static let quasiRandom = TimeSampling(points: .quasiRandom)

  /// Times of a law of one's own with exact weights 1/p.
  ///
  /// - Parameters:
  ///   - density: the law.
  ///   - points: the numbers behind the times.
  /// - Returns: the sampling.
  public static func importance(
    _ density: TimeDensity,
    points: Points = .independent
  ) -> TimeSampling {
    TimeSampling(points: points, density: density)
  }

  /// Draws the times and weights of some rows of a batch.
  ///
  /// - Parameters:
  ///   - block: seed, samples (the rows) and step; its stream is replaced.
  ///   - first: the position of the block's first row in the batch.
  ///   - total: the number of rows of the batch.
  ///   - times: [t₀, t₁].
  /// - Returns: t in (t₀, t₁), `[block.count]`, and the weight of each row, of mean 1.
  public func draw(
    _ block: RandomBlock,
    first: Int,
    of total: Int,
    on times: ClosedRange<Double>
  ) -> (times: Tensor<Double>, weights: [Double]) {
    let address = block.inStream(Streams.time)
    var numbers = address.uniform(columns: 1).elements
    switch points {
    case .independent: break
    case .stratified:
      for row in numbers.indices {
        let part = (Double((first + row) % total) + numbers[row]) / Double(total)
        // The last number below 1 where the sum was rounded up to n.
        numbers[row] = min(part, 1.0.nextDown)
      }
    case .quasiRandom:
      let origin = RandomBlock(seed: block.seed, samples: 0..<1, step: Int(block.step))
      let shift = origin.inStream(Streams.time).part(1).uniform(columns: 1)[0, 0]
      let golden = (5.0.squareRoot() - 1) / 2
      for row in numbers.indices {
        let sum = shift + Double((first + row) % total) * golden
        numbers[row] = sum - sum.rounded(.down)
      }
    }
    let weights: [Double]
    if let density {
      let drawn = numbers.map { density.inverse($0 + 0x1p-54) }
      numbers = drawn.map(\.time)
      weights = drawn.map(\.weight)
    } else {
      // t₀ + (t₁ − t₀)(u + 2⁻⁵⁴): 2⁻⁵⁴ keeps t off the first time where that is 0.
      let span = times.upperBound - times.lowerBound
      numbers = numbers.map {
        times.nearestInside(span * $0 + (times.lowerBound + span * 0x1p-54))
      }
      weights = [Double](repeating: 1, count: numbers.count)
    }
    return (Tensor(numbers), weights)
  }
}
