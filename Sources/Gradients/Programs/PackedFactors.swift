package import Tensors

extension Program {
  /// The right factors of a program's products that stay the same over many runs, packed.
  ///
  /// Several threads may read them at once, and pack different ones.
  package final class PackedFactors: Sendable {
    let memory: Buffer<Scalar>

    /// The factors of a program, not packed yet.
    package init(_ program: Program) {
      let count = program.factors.last?.range.upperBound ?? 0
      memory = Buffer(uninitialized: count)
    }

    /// The factors of a program, packed from its inputs.
    package convenience init(_ program: Program, _ inputs: [Buffer<Scalar>]) {
      self.init(program)
      for factor in program.factors.indices { pack(factor, of: program, from: inputs) }
    }

    /// Packs one factor; its number is below ``Program/packedFactorCount``.
    package func pack(_ index: Int, of program: Program, from inputs: [Buffer<Scalar>]) {
      let factor = program.factors[index]
      let source: Buffer<Scalar>
      switch factor.source {
      case .input(let slot): source = inputs[slot]
      case .constant(let constant): source = program.constants[constant].buffer
      case .output, .arena: fatalError("a result of a run is packed by the run")
      }
      let panels = memory.slice(factor.range)
      switch factor.precision {
      case .full:
        Kernels.packRight(factor.size, source, isTransposed: factor.isTransposed, into: panels)
      case .bfloat16:
        Kernels.packRightPairs(factor.size, source, isTransposed: factor.isTransposed, into: panels)
      }
    }
  }

  /// Whether another program packs the same factors at the same places, as one of the same network for
  /// another number of rows does.
  package func packsSameFactors(as other: Program) -> Bool {
    factors.elementsEqual(other.factors) {
      isSame($0.source, $1.source, of: other) && $0.isTransposed == $1.isTransposed
        && $0.precision == $1.precision && $0.range == $1.range
        && $0.size.columns == $1.size.columns && $0.size.inner == $1.size.inner
    }
  }

  private func isSame(_ own: Place, _ their: Place, of other: Program) -> Bool {
    guard case (.constant(let first), .constant(let second)) = (own, their) else {
      return own == their
    }
    let (constant, same) = (constants[first], other.constants[second])
    return constant.shape == same.shape && constant.elements == same.elements
  }

  /// The number of factors that are packed once for many runs.
  package var packedFactorCount: Int { factors.count }
}
