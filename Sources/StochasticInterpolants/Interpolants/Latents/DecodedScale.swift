private enum ScaleKey: String, CodingKey { case scale }

extension Decoder {
  /// The `scale` of a latent, which has to be what its initialiser takes: a wrong file is no reason to stop.
  func positiveScale() throws -> Double {
    let container = try container(keyedBy: ScaleKey.self)
    let scale = try container.decode(Double.self, forKey: .scale)
    guard scale > 0, scale.isFinite else {
      throw DecodingError.dataCorruptedError(
        forKey: .scale,
        in: container,
        debugDescription: "the scale of a latent is positive and finite, got \(scale)"
      )
    }
    return scale
  }
}
