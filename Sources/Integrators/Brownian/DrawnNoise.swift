internal import Tensors

/// Standard normal numbers of a grid's steps, drawn for several steps at once where rows are few.
///
/// A number has the address of its own step, and so its bits, however many are drawn together.
struct NormalReserve {
  private let block: RandomBlock
  private let components: Int
  private let stepCount: Int
  /// How many steps are drawn at once.
  private let length: Int
  /// The steps that are held.
  private var held = 0..<0
  /// `[held.count, rows, components]`.
  private var numbers = Tensor<Double>(zeros: [0, 0, 0])

  /// About as many pairs of numbers at once as fill the vectors of the kernel a few dozen times.
  private static let pairs = 512

  init(_ block: RandomBlock, components: Int, stepCount: Int) {
    self.block = block
    self.components = components
    self.stepCount = stepCount
    length = max(1, Self.pairs / max(1, block.count * ((components + 1) / 2)))
  }

  /// Writes the numbers of a step, `[rows, components]`, times a factor.
  mutating func write(
    step: Int,
    scaledBy factor: Double,
    into target: inout Tensor<Double>
  ) {
    if !held.contains(step) {
      held = step..<max(step + 1, min(step + length, stepCount))
      var address = block
      address.step += UInt32(step)
      let shape = [held.count, block.count, components]
      if numbers.shape != shape { numbers = Tensor(uninitialized: shape) }
      Kernels.normal(
        address,
        steps: held.count,
        columns: components,
        into: numbers.uniqueBuffer
      )
    }
    let position = (step - held.lowerBound) * target.count
    target.assign(elementsOf: numbers, at: position, scaledBy: factor)
  }
}

/// The noise of a grid's steps on fixed Brownian increments, written into buffers that stay.
struct DrawnNoise {
  private var increments: NormalReserve
  private var areas: NormalReserve?
  /// The noise of the leading components, where it does not act on all of them.
  private var leading: StepNoise?

  /// Noise on the first `components` of a state's `width`.
  init(
    _ path: BrownianIncrements,
    components: Int,
    of width: Int,
    stepCount: Int,
    withArea: Bool
  ) {
    increments = NormalReserve(path.block, components: components, stepCount: stepCount)
    areas =
      withArea
      ? NormalReserve(path.block.part(1), components: components, stepCount: stepCount) : nil
    if components < width {
      let zeros = Tensor<Double>(zeros: [path.block.count, components])
      leading = StepNoise(increment: zeros, area: withArea ? zeros : nil)
    }
  }

  /// As ``BrownianIncrements/noise(step:moments:components:withArea:)`` in the leading components, to the
  /// last bit; the others are left alone.
  mutating func fill(_ noise: inout StepNoise, step: Int, moments: NoiseMoments) {
    guard var own = leading else {
      draw(&noise, step: step, moments: moments)
      return
    }
    leading = nil
    draw(&own, step: step, moments: moments)
    noise.increment.copyLeading(from: own.increment)
    if let area = own.area { noise.area?.copyLeading(from: area) }
    leading = own
  }

  private mutating func draw(_ noise: inout StepNoise, step: Int, moments: NoiseMoments) {
    increments.write(
      step: step,
      scaledBy: moments.variance.squareRoot(),
      into: &noise.increment
    )
    guard areas != nil, var area = noise.area else { return }
    // Held once, so that it is written where it lies.
    noise.area = nil
    areas?.write(
      step: step,
      scaledBy: (moments.variance * moments.spread).squareRoot(),
      into: &area
    )
    if moments.slant != 0 { area.add(noise.increment, scaledBy: moments.slant) }
    noise.area = area
  }
}

extension Tensor<Double> {
  /// Takes over the leading columns from a matrix that has no others.
  fileprivate mutating func copyLeading(from other: Tensor) {
    let (rows, own, width) = (shape[0], other.shape[1], shape[1])
    other.withSpan { source in
      withMutableSpan { target in
        for row in 0..<rows {
          for column in 0..<own { target[row * width + column] = source[row * own + column] }
        }
      }
    }
  }
}
