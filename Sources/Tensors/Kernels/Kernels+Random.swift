internal import CKernels

/// Random numbers.
extension Kernels {
  private static func withAddress(
    _ block: RandomBlock,
    rowsOfStep: Int = 0,
    _ body: (UnsafePointer<ck_address>) -> Void
  ) {
    var address = ck_address(
      seed: block.seed,
      stream: UInt32(block.stream),
      step: block.step,
      sample: block.firstSample,
      samples: nil,
      rows_of_step: rowsOfStep
    )
    guard let samples = block.samples else {
      body(&address)
      return
    }
    samples.withUnsafeBufferPointer {
      address.samples = $0.baseAddress
      body(&address)
    }
  }

  /// Uniform numbers on [0, 1), a row a sample.
  package static func uniform(_ block: RandomBlock, columns: Int, into y: Buffer<Double>) {
    withAddress(block) { table.uniform($0, block.count, columns, y.pointer) }
  }

  /// Standard normal numbers, a row a sample.
  package static func normal(_ block: RandomBlock, columns: Int, into y: Buffer<Double>) {
    withAddress(block) { table.normal($0, block.count, columns, y.pointer) }
  }

  /// Standard normal numbers of steps on end, each step's rows after those of the one before.
  package static func normal(
    _ block: RandomBlock,
    steps: Int,
    columns: Int,
    into y: Buffer<Double>
  ) {
    // A single step is a block like any other, whose loop is the faster one.
    withAddress(block, rowsOfStep: steps == 1 ? 0 : block.count) {
      table.normal($0, steps * block.count, columns, y.pointer)
    }
  }

  /// One block of Philox 4x32-10 at the address of a draw.
  static func philox(stream: UInt16, sample: UInt64, step: UInt32, block: UInt32, seed: UInt64)
    -> (UInt32, UInt32, UInt32, UInt32)
  {
    var counter: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    var output: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    var key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    withUnsafeMutablePointer(to: &counter) { counter in
      counter.withMemoryRebound(to: UInt32.self, capacity: 4) { counter in
        ck_counter(UInt32(stream), sample, step, block, counter)
        withUnsafeMutablePointer(to: &key) { key in
          key.withMemoryRebound(to: UInt32.self, capacity: 2) { key in
            withUnsafeMutablePointer(to: &output) { output in
              output.withMemoryRebound(to: UInt32.self, capacity: 4) { output in
                ck_philox4x32(counter, key, output)
              }
            }
          }
        }
      }
    }
    return output
  }
}
