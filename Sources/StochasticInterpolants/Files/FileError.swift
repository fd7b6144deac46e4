/// What can be wrong with a file, an input or a place to write to.
///
/// The description is one line: the path, what was found there, and what would be right. Text taken
/// from a file is shown shortened and without control characters.
public enum FileError: Error, Hashable, Sendable {
  /// What was attempted.
  public enum Action: String, Equatable, Sendable {
    /// Reading a file.
    case read
    /// Writing a file or creating a directory.
    case write
  }

  /// Nothing stands at the path.
  case missing(path: String)
  /// The directory that was to hold a new file or directory does not exist.
  case missingDirectory(path: String, directory: String)
  /// A part of the path that should be a directory is a file.
  case notADirectory(path: String)
  /// A directory stands where a file is needed.
  case isDirectory(path: String)
  /// A pipe, a device or another thing that is no file stands where one is needed.
  case notAFile(path: String)
  /// The system's permissions forbid what was attempted.
  case noPermission(path: String, action: Action)
  /// A directory with content stands where a new one was to be made.
  case alreadyExists(path: String)
  /// The working directory stands where a directory was to be made.
  case workingDirectory(path: String)
  /// A directory that was to be replaced lacks the file by which its kind is known.
  case notReplaceable(path: String, marker: String)
  /// The system refused for another reason, given by its error number.
  case failed(path: String, action: Action, code: Int32)
  /// The file has no bytes.
  case empty(path: String)
  /// The file ends before what its header, or the format, calls for.
  case truncated(path: String, byteCount: Int, needed: Int)
  /// The file goes on after what its header describes.
  case trailingBytes(path: String, byteCount: Int, needed: Int)
  /// The first bytes are not those of the format.
  case notInFormat(path: String, format: String, found: String)
  /// The elements are of a type that is not read, or not read as asked.
  case unsupportedType(path: String, type: String, supported: String)
  /// The header breaks the rules of its format.
  case invalidHeader(path: String, problem: String)
  /// The array's shape is not one that serves.
  case wrongShape(path: String, shape: [Int], expected: String)
  /// A NaN or an infinity; row and column count from 0.
  case nonFinite(path: String, value: String, row: Int, column: Int)
  /// A part of the file exceeds what is accepted or what this machine can hold.
  case tooLarge(path: String, part: String, byteCount: Int, limit: Int)
  /// The content is not the one whose checksum stands in the file.
  case damaged(path: String, checksum: String, expected: String)
  /// The file holds no tensor of that name.
  case missingTensor(path: String, name: String, available: [String])
}

extension FileError: CustomStringConvertible {
  /// One line: the path, what was found, what would be right.
  public var description: String {
    switch self {
    case .missing(let path):
      "\(Self.shown(path)): no such file; check the spelling and the directory"
    case .missingDirectory(let path, let directory):
      "\(Self.shown(path)): the directory '\(Self.shown(directory))' does not exist; create it first"
    case .notADirectory(let path):
      "\(Self.shown(path)): a part of this path is a file, not a directory; check the path"
    case .isDirectory(let path):
      "\(Self.shown(path)): is a directory; give the path of a file"
    case .notAFile(let path):
      "\(Self.shown(path)): is a pipe or a device; give the path of a file"
    case .noPermission(let path, let action):
      "\(Self.shown(path)): no permission to \(action.rawValue); "
        + "change its permissions or choose another path"
    case .alreadyExists(let path):
      "\(Self.shown(path)): already exists and is not empty; "
        + "choose another path or remove it yourself"
    case .workingDirectory(let path):
      "\(Self.shown(path)): is the working directory; choose a directory inside it, such as run"
    case .notReplaceable(let path, let marker):
      "\(Self.shown(path)): is not replaced because it does not hold \(Self.quoted(marker)); "
        + "choose another path or remove it yourself"
    case .failed(let path, let action, let code):
      "\(Self.shown(path)): cannot \(action.rawValue): \(SystemError.message(code))"
        + SystemError.hint(code)
    case .empty(let path):
      "\(Self.shown(path)): is empty (0 bytes); save it again"
    case .truncated(let path, let byteCount, let needed):
      "\(Self.shown(path)): is truncated: has \(byteCount) bytes, needs \(needed); "
        + "copy or save it again"
    case .trailingBytes(let path, let byteCount, let needed):
      "\(Self.shown(path)): has \(byteCount) bytes, \(byteCount - needed) more than the \(needed) "
        + "its header describes; save it again"
    case .notInFormat(let path, let format, let found):
      "\(Self.shown(path)): is not a \(format) file: \(found); "
        + (format == ".npy"
          ? "save the array by numpy.save"
          : format == "text" ? "save it as UTF-8" : "save the tensors by \(format)")
    case .unsupportedType(let path, let type, let supported):
      "\(Self.shown(path)): holds elements of type \(Self.quoted(type)); supported: \(supported)"
    case .invalidHeader(let path, let problem):
      "\(Self.shown(path)): has an invalid header: \(problem); save it again"
    case .wrongShape(let path, let shape, let expected):
      "\(Self.shown(path)): holds an array of shape \(shape); expected \(expected)"
    case .nonFinite(let path, let value, let row, let column):
      "\(Self.shown(path)): holds \(value) at row \(row), column \(column) (counted from 0); "
        + "remove or replace such rows"
    case .tooLarge(let path, let part, let byteCount, let limit):
      "\(Self.shown(path)): \(part) takes \(byteCount) bytes, more than the limit of \(limit); "
        + "check that it is undamaged, or split it"
    case .damaged(let path, let checksum, let expected):
      "\(Self.shown(path)): is damaged: the checksum of its content is \(checksum), it should be "
        + "\(Self.quoted(expected)); copy it again"
    case .missingTensor(let path, let name, let available):
      "\(Self.shown(path)): holds no tensor \(Self.quoted(name)); it holds "
        + Self.list(available)
    }
  }

  /// Text from outside, fit for one line: control characters escaped, cut after `limit` characters.
  static func shown(_ text: String, limit: Int = 300) -> String {
    if text.isEmpty { return "(an empty path)" }
    var result = ""
    for (index, scalar) in text.unicodeScalars.enumerated() {
      if index == limit { return result + "…" }
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default:
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Text from outside in quotation marks, at most 60 characters of it.
  static func quoted(_ text: String) -> String {
    text.isEmpty ? "''" : "'\(shown(text, limit: 60))'"
  }

  private static func list(_ names: [String]) -> String {
    if names.isEmpty { return "none" }
    let first = names.prefix(5).map(quoted).joined(separator: ", ")
    return names.count > 5 ? "\(first) and \(names.count - 5) more" : first
  }
}
