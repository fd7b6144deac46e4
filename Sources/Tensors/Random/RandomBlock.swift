/// The address of a block of random numbers: which draws they are, not how they are made.
///
/// Every random number of the library is a pure function of (seed, stream, sample, step) and a
/// column, through the counter-based generator Philox 4x32-10 (Salmon et al. 2011). A sample
/// therefore receives the same numbers whatever the batch, the chunk and the number of workers.
///
/// The layout of counter and key is written once, in the header of the C kernels: seed is the key;
/// the counter holds column pair, step, sample (48 bits) and stream (16 bits).
public struct RandomBlock: Sendable, Hashable {
  /// The key of the generator.
  public var seed: UInt64
  /// The purpose of the draws: streams are independent of each other.
  public var stream: UInt16
  /// The step of training or integration.
  public var step: UInt32
  /// The number of rows.
  public private(set) var count: Int
  /// The sample of row 0; row r is sample `firstSample + r` unless ``samples`` names each.
  public private(set) var firstSample: UInt64
  /// The sample of each row, where rows are not consecutive.
  public private(set) var samples: [UInt64]?

  /// The draws of consecutive samples.
  ///
  /// - Parameters:
  ///   - seed: the key of the generator.
  ///   - stream: the purpose of the draws.
  ///   - samples: the samples, one a row; the last must be below 2⁴⁸.
  ///   - step: the step of training or integration.
  public init(seed: UInt64, stream: UInt16 = 0, samples: Range<Int>, step: Int = 0) {
    require(
      samples.lowerBound >= 0 && samples.upperBound <= 1 << 48,
      "samples \(samples) must lie in 0..<2^48"
    )
    require(step >= 0 && step <= UInt32.max, "step \(step) must lie in 0..<2^32")
    self.seed = seed
    self.stream = stream
    self.step = UInt32(step)
    self.count = samples.count
    self.firstSample = UInt64(samples.lowerBound)
  }

  /// The draws of any samples, in the given order.
  ///
  /// - Parameters:
  ///   - seed: the key of the generator.
  ///   - stream: the purpose of the draws.
  ///   - samples: the sample of each row, each below 2⁴⁸.
  ///   - step: the step of training or integration.
  public init(seed: UInt64, stream: UInt16 = 0, samples: [Int], step: Int = 0) {
    require(
      samples.allSatisfy { $0 >= 0 && $0 < 1 << 48 },
      "every sample must lie in 0..<2^48"
    )
    require(step >= 0 && step <= UInt32.max, "step \(step) must lie in 0..<2^32")
    self.seed = seed
    self.stream = stream
    self.step = UInt32(step)
    self.count = samples.count
    self.firstSample = 0
    self.samples = samples.map(UInt64.init)
  }

  /// The same rows in another stream.
  public func inStream(_ stream: UInt16) -> RandomBlock {
    var block = self
    block.stream = stream
    return block
  }

  /// Independent draws for the same rows: stream `stream + index`.
  ///
  /// Who draws several kinds of numbers (a mixture: a mode, then a normal) takes one part for each.
  /// Streams are handed out in groups of 16, so `index` is below 16.
  public func part(_ index: Int) -> RandomBlock {
    require(index >= 0 && index < 16, "the part \(index) of a stream must lie in 0..<16")
    require(
      Int(stream) + index <= Int(UInt16.max),
      "the stream \(stream) has no part \(index): streams end at \(UInt16.max), and take groups of 16"
    )
    return inStream(stream + UInt16(index))
  }

  /// Uniform numbers on [0, 1) with 53 bits, `[count, columns]`.
  public func uniform(columns: Int) -> Tensor<Double> {
    let result = Tensor<Double>(uninitialized: [count, columns])
    Kernels.uniform(self, columns: columns, into: result.buffer)
    return result
  }

  /// Standard normal numbers, `[count, columns]`.
  ///
  /// Box–Muller on two words of 64 bits, so the tail reaches beyond eight standard deviations.
  public func normal(columns: Int) -> Tensor<Double> {
    let result = Tensor<Double>(uninitialized: [count, columns])
    Kernels.normal(self, columns: columns, into: result.buffer)
    return result
  }

  /// Standard normal numbers of steps on end, `[steps, count, columns]`.
  ///
  /// Entry (k, r, c) is that of row r and column c at step ``step`` + k, to the last bit: few rows are
  /// drawn faster for many steps at once.
  ///
  /// - Parameters:
  ///   - steps: the number of steps.
  ///   - columns: the numbers of a row at a step.
  /// - Returns: the numbers.
  public func normal(steps: Int, columns: Int) -> Tensor<Double> {
    require(
      steps >= 0 && Int(step) + steps <= 1 << 32,
      "the steps \(step)..<\(Int(step) + steps) must lie in 0..<2^32"
    )
    let result = Tensor<Double>(uninitialized: [steps, count, columns])
    Kernels.normal(self, steps: steps, columns: columns, into: result.buffer)
    return result
  }

  /// Integers in 0..<`bound`, `[count]` of them: the floor of `bound` times a uniform number.
  ///
  /// A value's probability differs from 1/bound by less than 2⁻⁵³.
  ///
  /// - Parameter bound: in 1...2³².
  /// - Returns: `count` integers.
  public func integers(below bound: Int) -> [Int] {
    require(bound >= 1 && bound <= 1 << 32, "the bound \(bound) must lie in 1...2^32")
    let uniforms = uniform(columns: 1)
    return uniforms.elements.map { min(bound - 1, Int($0 * Double(bound))) }
  }
}
