import Tensors
import TestSupport
import Testing

/// Philox 4x32-10 written down once more, from the paper, for comparison.
private func philox(counter: [UInt32], key: [UInt32]) -> [UInt32] {
  var (c, k) = (counter, key)
  for _ in 0..<10 {
    let first = UInt64(0xD251_1F53) * UInt64(c[0])
    let second = UInt64(0xCD9E_8D57) * UInt64(c[2])
    c = [
      UInt32(second >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: second),
      UInt32(first >> 32) ^ c[3] ^ k[1], UInt32(truncatingIfNeeded: first),
    ]
    k = [k[0] &+ 0x9E37_79B9, k[1] &+ 0xBB67_AE85]
  }
  return c
}

/// The addresses of random numbers: which draw stands where.
@Suite struct RandomAddressTests {
  /// Random123's kat_vectors, for the reference above and for what the library shows of it.
  @Test func knownAnswers() {
    let ones = [UInt32](repeating: .max, count: 4)
    #expect(
      philox(counter: [0, 0, 0, 0], key: [0, 0])
        == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
    )
    #expect(
      philox(counter: ones, key: [.max, .max])
        == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
    )
    #expect(
      philox(
        counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
        key: [0xa409_3822, 0x299f_31d0]
      ) == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
    )
    var generator = Philox(seed: 0)
    #expect(generator.next() == 0x6627_e8d5_e169_c58d)
    #expect(generator.next() == 0xbc57_ac4c_9b00_dbd8)
  }

  /// The layout: counter (column pair, step, sample, stream and sample), key seed.
  @Test func uniformAgainstThePaper() {
    let seed: UInt64 = 0xa409_3822_299f_31d0
    for (stream, sample, step) in [
      (0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (0xFFFF, (1 << 48) - 1, (1 << 32) - 1),
      (0x0100, 0x1234_5678_9ABC, 77),
    ] {
      let block = RandomBlock(
        seed: seed,
        stream: UInt16(stream),
        samples: sample..<sample + 1,
        step: step
      )
      let wanted = (0..<3).flatMap { pair -> [Double] in
        let words = philox(
          counter: [
            UInt32(pair), UInt32(step), UInt32(truncatingIfNeeded: sample),
            UInt32(stream) << 16 | UInt32(sample >> 32),
          ],
          key: [UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32)]
        ).map(UInt64.init)
        return [words[0] << 32 | words[1], words[2] << 32 | words[3]].map {
          Double($0 >> 11) * 0x1p-53
        }
      }
      #expect(block.uniform(columns: 6).elements == wanted)
    }
  }

  @Test func rowAloneEqualsRowInBlock() {
    let block = RandomBlock(seed: 7, stream: 3, samples: 0..<1_000, step: 5)
    let (uniform, normal) = (block.uniform(columns: 5), block.normal(columns: 5))
    for sample in [0, 1, 15, 16, 123, 999] {
      let alone = RandomBlock(seed: 7, stream: 3, samples: sample..<sample + 1, step: 5)
      #expect(alone.uniform(columns: 5) == uniform.slice(sample..<sample + 1))
      #expect(alone.normal(columns: 5) == normal.slice(sample..<sample + 1))
    }
    let integers = block.integers(below: 1_000)
    #expect(
      RandomBlock(seed: 7, stream: 3, samples: [44], step: 5).integers(below: 1_000)
        == [integers[44]]
    )
  }

  /// Fewer columns are a prefix of more.
  @Test(arguments: 1...9) func prefix(_ columns: Int) {
    let block = RandomBlock(seed: 7, samples: 10..<43)
    let (uniform, normal) = (block.uniform(columns: 9), block.normal(columns: 9))
    #expect(block.uniform(columns: columns) == uniform.slice(0..<columns, along: 1))
    #expect(block.normal(columns: columns) == normal.slice(0..<columns, along: 1))
  }

  /// Steps on end have the numbers of each step.
  @Test func stepsOnEnd() {
    for (block, columns) in [
      (RandomBlock(seed: 7, stream: 3, samples: 5..<6, step: 9), 1),
      (RandomBlock(seed: 7, stream: 3, samples: [8, 2, 5], step: 9), 3),
    ] {
      let all = block.normal(steps: 300, columns: columns)
      #expect(all.shape == [300, block.count, columns])
      for step in [0, 1, 255, 256, 299] {
        var own = block
        own.step += UInt32(step)
        let wanted = own.normal(columns: columns).elements
        let size = wanted.count
        #expect(wanted == Array(all.elements[step * size..<(step + 1) * size]))
      }
    }
  }

  @Test func listOfSamples() {
    let samples = [17, 3, 3, 999, 0, 123_456_789_012]
    let listed = RandomBlock(seed: 7, stream: 2, samples: samples, step: 1)
    let rows = samples.map {
      RandomBlock(seed: 7, stream: 2, samples: $0..<$0 + 1, step: 1)
    }
    #expect(listed.normal(columns: 3) == .concatenating(rows.map { $0.normal(columns: 3) }))
    #expect(listed.uniform(columns: 3) == .concatenating(rows.map { $0.uniform(columns: 3) }))
    #expect(listed.count == 6)
    #expect(RandomBlock(seed: 7, samples: []).normal(columns: 3).shape == [0, 3])
  }

  /// Every part of the address matters: no two of these blocks share a number.
  @Test func addressesDiffer() {
    let block = RandomBlock(seed: 7, stream: 32, samples: 0..<50)
    let others =
      [
        block, RandomBlock(seed: 8, stream: 32, samples: 0..<50),
        RandomBlock(seed: 7 | 1 << 40, stream: 32, samples: 0..<50), block.inStream(33 + 16),
        RandomBlock(seed: 7, stream: 32, samples: 50..<100),
        RandomBlock(seed: 7, stream: 32, samples: (1 << 32)..<(1 << 32) + 50),
        RandomBlock(seed: 7, stream: 32, samples: 0..<50, step: 1),
      ] + (1..<16).map(block.part)
    let numbers = others.flatMap { $0.uniform(columns: 4).elements }
    #expect(Set(numbers).count == numbers.count)
    #expect(block.part(0) == block)
    #expect(block.part(3) == block.inStream(35))
  }
}
