/// A mark on an axis.
public struct Tick: Hashable, Sendable {
  /// Where it stands, in the numbers of the axis.
  public var value: Double

  /// The text beside it; empty for a small mark without text.
  public var label: String

  /// Makes a mark.
  public init(_ value: Double, label: String = "") {
    self.value = value
    self.label = label
  }
}
