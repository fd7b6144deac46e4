/// The quantities a field can be asked for.
public struct Quantities: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: Int

  /// A set of bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// b(t, x) = E[ẋ_t | x_t = x] (2.10).
  public static let velocity = Quantities(rawValue: 1)
  /// s(t, x) = ∇ log ρ(t, x) (2.14).
  public static let score = Quantities(rawValue: 2)
  /// η_z(t, x) = E[z | x_t = x] (2.17).
  public static let denoiser = Quantities(rawValue: 4)
  /// ∇ · b(t, x).
  public static let divergence = Quantities(rawValue: 8)
  /// v(t, x) = E[∂_t I | x_t = x] (2.28).
  public static let conditionalVelocity = Quantities(rawValue: 16)
  /// η₀(t, x) = E[x₀ | x_t = x].
  public static let baseDenoiser = Quantities(rawValue: 32)
  /// η₁(t, x) = E[x₁ | x_t = x].
  public static let targetDenoiser = Quantities(rawValue: 64)
  /// log ρ(t, x).
  public static let logDensity = Quantities(rawValue: 128)
  /// ∇ · s(t, x) = Δ log ρ.
  public static let scoreDivergence = Quantities(rawValue: 256)
  /// u(t, x) = b + εs with ε of the latent's process (3.10).
  public static let drift = Quantities(rawValue: 512)
}

extension Quantities: CustomStringConvertible {
  /// The names of the members, in brackets.
  public var description: String { "[\(names.joined(separator: ", "))]" }

  /// The names of the members.
  var names: [String] { FieldValues.parts.filter { contains($0.quantity) }.map(\.name) }
}
