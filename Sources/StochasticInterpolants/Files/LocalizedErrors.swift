// The one place where this module's errors meet Foundation: `localizedDescription` is otherwise a
// sentence about "error 1". Public, not internal as everywhere else: a public conformance needs its
// protocol's module to be so.
public import Foundation

extension ConversionError: LocalizedError {
  /// The same line as `description`.
  public var errorDescription: String? { description }
}

extension FileError: LocalizedError {
  /// The same line as `description`.
  public var errorDescription: String? { description }
}

extension GaussianMixtureError: LocalizedError {
  /// The same line as `description`.
  public var errorDescription: String? { description }
}

extension GridDensityError: LocalizedError {
  /// The same line as `description`.
  public var errorDescription: String? { description }
}

extension InterpolantChoiceError: LocalizedError {
  /// The same line as `description`.
  public var errorDescription: String? { description }
}

extension InterpolantError: LocalizedError {
  /// The same line as `description`.
  public var errorDescription: String? { description }
}

extension LikelihoodBoundError: LocalizedError {
  /// The same line as `description`.
  public var errorDescription: String? { description }
}

extension MixtureFieldsError: LocalizedError {
  /// The same line as `description`.
  public var errorDescription: String? { description }
}

extension PointsError: LocalizedError {
  /// The same line as `description`.
  public var errorDescription: String? { description }
}

extension RunError: LocalizedError {
  /// The same line as `description`.
  public var errorDescription: String? { description }
}

extension SamplingError: LocalizedError {
  /// The same line as `description`.
  public var errorDescription: String? { description }
}

extension TrainingError: LocalizedError {
  /// The same line as `description`.
  public var errorDescription: String? { description }
}

extension TransferError: LocalizedError {
  /// The same line as `description`.
  public var errorDescription: String? { description }
}

extension UnknownDensityError: LocalizedError {
  /// The same line as `description`.
  public var errorDescription: String? { description }
}
