public import Foundation

/// A picture could not be written or read.
///
/// Every case prints as one line that names the file and the reason.
public enum FigureError: Error, Hashable, Sendable {
  /// The extension of the path is none of `png`, `svg` and `pdf`.
  case unknownFormat(path: String)

  /// The extension of an animation's path is not `png`.
  case notAnAnimation(path: String)

  /// The file could not be drawn or written; what stood at the path before is untouched.
  case cannotWrite(path: String, reason: String)

  /// The file could not be opened or read.
  case cannotRead(path: String, reason: String)

  /// The file was read but is no complete PNG image.
  case notAnImage(path: String, reason: String)

  /// The image's header announces more pixels than the reader accepts.
  case imageTooLarge(path: String, width: Int, height: Int, limit: Int)
}

extension FigureError: CustomStringConvertible {
  /// One line that names the file and the reason.
  public var description: String {
    switch self {
    case .unknownFormat(let path):
      "cannot write \(path): the extension must be png, svg or pdf"
    case .notAnAnimation(let path):
      "cannot write \(path): an animation is a png file"
    case .cannotWrite(let path, let reason):
      "cannot write \(path): \(reason)"
    case .cannotRead(let path, let reason):
      "cannot read \(path): \(reason)"
    case .notAnImage(let path, let reason):
      "cannot read \(path) as a PNG image: \(reason)"
    case .imageTooLarge(let path, let width, let height, let limit):
      "cannot read \(path): its header announces \(width) × \(height) pixels, the limit is \(limit)"
    }
  }
}

extension FigureError: LocalizedError {
  /// The same line as ``description``.
  public var errorDescription: String? { description }
}
