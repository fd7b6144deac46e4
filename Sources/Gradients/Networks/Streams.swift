/// The streams of random numbers, handed out in groups of 16 parts, written once.
package enum Streams {
  /// Starting parameters of networks.
  package static let parameters: UInt16 = 0x0100
  /// Points of the density at t = 0.
  package static let base: UInt16 = 0x0200
  /// Points of the density at t = 1.
  package static let target: UInt16 = 0x0210
  /// The latent z of an interpolant.
  package static let latent: UInt16 = 0x0220
  /// Times of an objective.
  package static let time: UInt16 = 0x0230
  /// Noise of a stochastic integrator.
  package static let noise: UInt16 = 0x0300
  /// Probes of a divergence.
  package static let probe: UInt16 = 0x0310
  /// Directions of sliced distances.
  package static let direction: UInt16 = 0x0400
  /// The order in which points of a file are split.
  package static let split: UInt16 = 0x0410
}
