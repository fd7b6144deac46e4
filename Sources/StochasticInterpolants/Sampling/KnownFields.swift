/// What conversions start from: x, constants, and the fields that are known.
struct KnownFields: Sendable {
  /// x.
  let points: FieldCombination
  /// x₀ where it is fixed.
  let source: FieldCombination?
  /// E[x₁].
  let targetMean: FieldCombination?
  /// One for each kind, at its place among all.
  private var fields = [FieldCombination?](repeating: nil, count: VectorField.allCases.count)

  init(points: FieldCombination, source: FieldCombination?, targetMean: FieldCombination?) {
    (self.points, self.source, self.targetMean) = (points, source, targetMean)
  }

  /// The field of a kind, nil where it is not known.
  subscript(kind: VectorField) -> FieldCombination? {
    get { fields[Self.place(kind)] }
    set { fields[Self.place(kind)] = newValue }
  }

  private static func place(_ kind: VectorField) -> Int {
    switch kind {
    case .velocity: 0
    case .conditionalVelocity: 1
    case .score: 2
    case .denoiser: 3
    case .baseDenoiser: 4
    case .targetDenoiser: 5
    case .drift: 6
    }
  }
}
