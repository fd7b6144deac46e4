/// Stops the program with `message` when the programmer broke a precondition.
///
/// Release builds drop the text of `precondition`, and the text is what names the wrong values.
@inline(__always)
func require(
  _ condition: @autoclosure () -> Bool,
  _ message: @autoclosure () -> String,
  file: StaticString = #fileID,
  line: UInt = #line
) {
  guard !condition() else { return }
  fatalError(message(), file: file, line: line)
}
