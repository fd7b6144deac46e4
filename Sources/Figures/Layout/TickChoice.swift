/// Chooses as many marks as fit beside an axis.
struct TickChoice {
  let canvas: Canvas

  /// The least distance of marks with labels above each other.
  private static let verticalDistance = 20.0
  /// The same side by side; their widths are measured besides.
  private static let horizontalDistance = 30.0
  private static let most = 8

  /// Marks of a horizontal axis whose labels keep their distance.
  func horizontal(_ axis: Axis, range: ClosedRange<Double>, length: Double) -> [Tick] {
    let mapping = AxisMapping(range: range, scale: axis.scale, start: 0, end: length)
    let count = limit(length / Self.horizontalDistance)
    return choice(axis, range: range, count: count) { ticks in
      let labelled = ticks.filter { !$0.label.isEmpty }
      return zip(labelled, labelled.dropFirst()).allSatisfy { first, second in
        guard let left = mapping.position(of: first.value),
          let right = mapping.position(of: second.value)
        else { return true }
        return abs(right - left) >= (width(first) + width(second)) / 2 + Style.labelDistance
      }
    }
  }

  /// Marks of a vertical axis whose labels keep their distance.
  func vertical(_ axis: Axis, range: ClosedRange<Double>, length: Double) -> [Tick] {
    let mapping = AxisMapping(range: range, scale: axis.scale, start: 0, end: length)
    let count = limit(length / Self.verticalDistance)
    return choice(axis, range: range, count: count) { ticks in
      let positions = ticks.filter { !$0.label.isEmpty }
        .compactMap { mapping.position(of: $0.value) }
      return zip(positions, positions.dropFirst())
        .allSatisfy { abs($1 - $0) >= Font.tickLabel.lineHeight }
    }
  }

  /// The width of a mark's label.
  func width(_ tick: Tick) -> Double {
    tick.label.isEmpty ? 0 : canvas.measure(tick.label, .tickLabel).width
  }

  private func limit(_ count: Double) -> Int {
    max(2, min(Self.most, Int(count.rounded(.down))))
  }

  /// The marks of the axis itself, or the largest choice that fits.
  private func choice(
    _ axis: Axis,
    range: ClosedRange<Double>,
    count: Int,
    fits: ([Tick]) -> Bool
  ) -> [Tick] {
    guard axis.isVisible else { return [] }
    if let ticks = axis.ticks { return ticks.filter { range.contains($0.value) } }
    for count in stride(from: count, to: 1, by: -1) {
      let ticks = Ticks.marks(in: range, on: axis.scale, count: count)
      if fits(ticks) { return ticks }
    }
    return Ticks.marks(in: range, on: axis.scale, count: 1)
  }
}
