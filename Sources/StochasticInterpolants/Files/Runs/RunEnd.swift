/// Where the points of one end of a stored run come from.
///
/// In JSON an object of one key: `{"density": "moons"}`, `{"standardGaussian": true}`,
/// `{"points": {…}}` or `{"text": "…"}`.
public enum RunEnd: Sendable, Hashable {
  /// N(0, Id) in standardised coordinates, the base of one-sided interpolants.
  case standardGaussian
  /// A density with a name.
  case named(NamedDensity)
  /// Points of a file.
  case points(PointsReference)
  /// Words: all that runs of format 1 say of their target. Such a run cannot be resumed.
  case text(String)

  /// A `.npy` file of points, and how to know it again.
  public struct PointsReference: Sendable, Hashable, Codable {
    /// Its path; a relative one begins at the run's directory.
    public var path: String
    /// What the user named.
    public var origin: String
    /// The number of points.
    public var count: Int
    /// The CRC-32 of the array's bytes; nil in runs of format 1.
    public var checksum: String?

    /// Refers to a file of points.
    ///
    /// - Parameters:
    ///   - path: its path; a relative one begins at the run's directory.
    ///   - origin: what the user named.
    ///   - count: the number of points.
    ///   - checksum: the CRC-32 of the array's bytes.
    public init(path: String, origin: String, count: Int, checksum: String?) {
      self.path = path
      self.origin = origin
      self.count = count
      self.checksum = checksum
    }
  }
}

extension RunEnd: CustomStringConvertible {
  /// What the user named, with the number of points.
  public var description: String {
    switch self {
    case .standardGaussian: "gaussian"
    case .named(let name): name.rawValue
    case .points(let points): "\(points.origin) (\(points.count) points)"
    case .text(let text): text
    }
  }
}

extension RunEnd: Codable {
  private enum CodingKeys: String, CodingKey {
    case standardGaussian, density, points, text
    // The keys of format 1.
    case gaussian, named
  }

  private struct FirstFormatName: Decodable {
    var _0: NamedDensity
  }

  /// Reads an end, of format 1 too.
  public init(from decoder: any Decoder) throws {
    if let text = try? decoder.singleValueContainer().decode(String.self) {
      self = .text(text)
      return
    }
    let container = try decoder.container(keyedBy: CodingKeys.self)
    switch container.allKeys.first {
    case .standardGaussian, .gaussian: self = .standardGaussian
    case .density: self = .named(try container.decode(NamedDensity.self, forKey: .density))
    case .named:
      self = .named(try container.decode(FirstFormatName.self, forKey: .named)._0)
    case .text: self = .text(try container.decode(String.self, forKey: .text))
    case .points:
      let isFirstFormat = (try? container.decode([String: Bool].self, forKey: .points))?.isEmpty
      self = .points(
        isFirstFormat == true
          ? PointsReference(path: "base.npy", origin: "base.npy", count: 0, checksum: nil)
          : try container.decode(PointsReference.self, forKey: .points)
      )
    case nil:
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "an end is one of standardGaussian, density, points and text"
        )
      )
    }
  }

  /// Writes an end in the current format.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .standardGaussian: try container.encode(true, forKey: .standardGaussian)
    case .named(let name): try container.encode(name, forKey: .density)
    case .points(let points): try container.encode(points, forKey: .points)
    case .text(let text): try container.encode(text, forKey: .text)
    }
  }
}
