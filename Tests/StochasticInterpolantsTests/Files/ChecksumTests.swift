import StochasticInterpolants
import Testing

/// CRC-32 against its published check value and the definition by bits.
@Suite struct ChecksumTests {
  @Test func theCheckValue() {
    #expect(Checksum.of(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(Checksum.of([]) == 0)
  }

  @Test(arguments: [1, 7, 8, 9, 64, 1_001])
  func theDefinition(_ count: Int) {
    var random = SplitMix(state: UInt64(count))
    let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    var remainder: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      for bit in 0..<8 {
        let isOdd = (remainder ^ UInt32(byte >> bit)) & 1 == 1
        remainder = isOdd ? 0xEDB8_8320 ^ remainder >> 1 : remainder >> 1
      }
    }
    #expect(Checksum.of(bytes) == ~remainder)
  }
}
