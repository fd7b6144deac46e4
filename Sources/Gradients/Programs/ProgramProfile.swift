public import Tensors

/// The operations of a program with the time each takes.
public struct ProgramProfile: Sendable, CustomStringConvertible {
  /// One operation.
  public struct Line: Sendable {
    /// What it computes: destination, operation, operands, shape.
    public let operation: String
    /// The median of its times, in seconds.
    public let seconds: Double
    /// The additions and multiplications of a matrix product; 0 for anything else.
    public let flops: Double
  }

  /// The operations in the order in which they run.
  public let lines: [Line]

  /// The sum of the times, in seconds.
  public var seconds: Double { lines.reduce(0) { $0 + $1.seconds } }

  /// The share of the time that matrix products take.
  public var productShare: Double {
    lines.reduce(0) { $1.flops > 0 ? $0 + $1.seconds : $0 } / seconds
  }

  /// A line for each operation: microseconds, share of the whole, billions of operations a second of
  /// products, what it does.
  public var description: String {
    func column(_ value: Double, _ width: Int) -> String {
      let text = "\((value * 10).rounded() / 10)"
      return String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let rows = lines.map { line in
      let rate = line.flops > 0 ? column(line.flops / line.seconds / 1e9, 7) + " GFLOPS" : ""
      let padding = String(repeating: " ", count: 14 - rate.count)
      return column(line.seconds * 1e6, 9) + " µs" + column(100 * line.seconds / seconds, 6) + " %"
        + rate + padding + "  " + line.operation
    }
    let total = column(seconds * 1e6, 9) + " µs in all, products \(column(100 * productShare, 0)) %"
    return (rows + [total]).joined(separator: "\n")
  }
}

extension Program {
  /// Runs the program several times on one thread and measures each operation.
  ///
  /// - Parameters:
  ///   - inputs: tensors of ``inputShapes``.
  ///   - runs: the number of runs, at least 1, of which the median counts.
  /// - Returns: the time of each operation; factors that are packed once are not among them.
  public func profile(_ inputs: [Tensor<Scalar>], runs: Int = 21) -> ProgramProfile {
    require(runs >= 1, "a profile needs at least one run, got \(runs)")
    let shapes = inputs.map(\.shape)
    require(
      shapes == inputShapes,
      "the program's inputs have the shapes \(inputShapes), got \(shapes)"
    )
    let buffers = inputs.map(\.buffer)
    let results = outputShapes.map { Tensor<Scalar>(zeros: $0) }
    let memory = executor(
      buffers,
      results.map(\.buffer),
      Workspace(self),
      PackedFactors(self, buffers),
      isStartingOver: true
    )
    var times = [[Double]](repeating: [], count: instructions.count)
    for _ in 0..<runs {
      for (index, instruction) in instructions.enumerated() {
        let start = ContinuousClock.now
        memory.execute(instruction)
        times[index].append(start.duration(to: .now) / .seconds(1))
      }
    }
    return ProgramProfile(
      lines: zip(instructions, times).map { instruction, times in
        let size = instruction.product?.size
        return ProgramProfile.Line(
          operation: instruction.description,
          seconds: times.sorted()[runs / 2],
          flops: size.map { 2 * Double($0.rows) * Double($0.columns) * Double($0.inner) } ?? 0
        )
      }
    )
  }
}
