/// What is wrong with a run directory beyond its files.
public struct RunError: Error, Hashable, CustomStringConvertible {
  /// The file or directory.
  public let path: String
  /// What was found.
  public let problem: String

  /// One line that names both.
  public var description: String { "\(FileError.shown(path)): \(problem)" }

  static func text(of error: DecodingError) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let keys = context.codingPath.map(\.stringValue).joined(separator: ".")
      return keys.isEmpty ? "" : " at '\(FileError.shown(keys, limit: 100))'"
    }
    switch error {
    case .keyNotFound(let key, let context):
      let name = FileError.quoted(key.stringValue)
      return "the entry \(name) is missing\(place(context))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "a value of another type is expected\(place(context))"
    case .dataCorrupted(let context):
      let reason = FileError.shown(context.debugDescription, limit: 200)
      return "it is not the JSON of a run\(place(context)): \(reason)"
    @unknown default:
      return "it is not the JSON of a run"
    }
  }
}
