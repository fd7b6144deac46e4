internal import Gradients
internal import Tensors

/// The program of a network with its weights packed, for all threads that run it.
struct PackedProgram: Sendable {
  let program: Program<Float>
  let packed: Program<Float>.PackedFactors
}

/// The programs of the networks of learned fields, each recorded when it is first asked for.
final class RecordedNetworks: Sendable {
  /// What a program is recorded for.
  struct Key: Hashable, Sendable {
    let network: Int
    let derivative: HeadDerivative
    let rows: Int

    fileprivate func isOtherProbes(than other: Key) -> Bool {
      guard case .probes(let own) = derivative, case .probes(let count) = other.derivative else {
        return false
      }
      return network == other.network && own != count
    }
  }

  private let programs = Lock([Key: PackedProgram]())

  /// The program of a key; those of other numbers of rows lend it their packed weights.
  ///
  /// - Parameters:
  ///   - key: what it is for.
  ///   - parameters: the network's.
  ///   - record: records it.
  /// - Returns: the program, the same for all threads.
  func program(
    _ key: Key,
    parameters: [Tensor<Float>],
    record: () -> Program<Float>
  ) -> PackedProgram {
    programs.withLock { programs in
      if let known = programs[key] { return known }
      let program = record()
      let lender = programs.first {
        $0.key.network == key.network && $0.value.program.packsSameFactors(as: program)
      }
      let own = PackedProgram(
        program: program,
        packed: lender?.value.packed
          ?? Program.PackedFactors(program, parameters.map(\.buffer))
      )
      // Of a number of probes the programs are kept until another is asked for.
      for other in programs.keys where other.isOtherProbes(than: key) { programs[other] = nil }
      programs[key] = own
      return own
    }
  }
}
