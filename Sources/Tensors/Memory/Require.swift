/// Stops the program with a message unless a condition holds.
///
/// Release builds drop the text of `precondition`, so every misuse by the programmer (shapes,
/// counts, ranges) goes through this function: the message names the values and what would be
/// right.
///
/// - Parameters:
///   - condition: what must hold.
///   - message: the sentence printed when it does not; evaluated only then.
///   - file: where the call stands.
///   - line: where the call stands.
@inlinable
package func require(
  _ condition: @autoclosure () -> Bool,
  _ message: @autoclosure () -> String,
  file: StaticString = #fileID,
  line: UInt = #line
) {
  if !condition() { fatalError(message(), file: file, line: line) }
}
