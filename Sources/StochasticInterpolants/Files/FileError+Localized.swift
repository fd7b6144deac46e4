// Public, not internal as everywhere else: a public conformance needs its protocol's module so.
public import Foundation

extension FileError: LocalizedError {
  /// The same line as `description`, for code that shows `localizedDescription`.
  public var errorDescription: String? { description }
}
