/// The methods for additive noise, as a list.
public enum StochasticMethods {
  /// All methods of this library, for tables and tests.
  public static let all: [any StochasticMethod] = [
    EulerMaruyama(), StochasticHeun(), HeunSiT(), HeunOfficial(), SRA1(), ShARK(), WeakOrder3(),
  ]
}
