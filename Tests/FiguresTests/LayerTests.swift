import Figures
import Foundation
import FoundationXML
import Testing

/// Layers cover what they should, on a figure whose plot is 80 points wide behind 8 of padding and
/// shows 0...4.
@Suite struct LayerTests {
  /// Inside the frame, a line of a pixel at most, nothing else is dark.
  private static let inside = 10..<86

  private func figure(_ layers: [Panel.Layer], legend: Panel.Legend = .hidden) -> Figure {
    let panel = Panel(
      x: Axis(range: 0...4, isVisible: false),
      y: Axis(range: 0...4, isVisible: false),
      legend: legend,
      layers: layers
    )
    return Figure(panel, size: .whole(width: 96, height: 96), scale: 1)
  }

  /// The places of dark pixels, from the top left.
  private func dark(_ figure: Figure) throws -> [(row: Int, column: Int)] {
    let image = try image(of: figure)
    return Self.inside.flatMap { row in
      Self.inside.compactMap { image.values[row * 96 + $0] < 0.5 ? (row, $0) : nil }
    }
  }

  /// Pixels are dark within a shape and light outside it; on its edge, a pixel to either side, they
  /// may be both.
  ///
  /// The shape is given in numbers of the axes, of which a pixel is 1/20.
  private func expect(_ layers: [Panel.Layer], cover shape: (Double, Double) -> Bool) throws {
    let image = try image(of: figure(layers))
    let steps = [-1.0, 0, 1]
    let offsets = steps.flatMap { right in steps.map { (right: right, up: $0) } }
    var seen = (dark: 0, light: 0)
    for row in Self.inside {
      for column in Self.inside {
        let (middle, height) = (Double(column) - 7.5, 87.5 - Double(row))
        let around = offsets.map { shape((middle + $0.right) / 20, (height + $0.up) / 20) }
        guard Set(around).count == 1 else { continue }
        let isDark = image.values[row * 96 + column] < 0.5
        #expect(isDark == around[0], "row \(row), column \(column)")
        if isDark { seen.dark += 1 } else { seen.light += 1 }
      }
    }
    #expect(seen.dark > 0 && seen.light > 0)
  }

  @Test func barsStandOnZero() throws {
    let bars = Bars(edges: [0, 2, 4], heights: [1, 3], color: .black, opacity: 1)
    try expect([.bars(bars)]) { x, y in y < (x < 2 ? 1 : 3) }
  }

  @Test func aBandLiesBetweenItsCurves() throws {
    let band = Band(
      x: [0, 2, 4],
      lower: [0.5, 1, 1],
      upper: [2, 3, 2],
      color: .black,
      opacity: 1
    )
    try expect([.band(band)]) { x, y in
      x < 2 ? y > 0.5 + x / 4 && y < 2 + x / 2 : y > 1 && y < 4 - x / 2
    }
  }

  @Test func aLineCrossesThePlotAtItsValue() throws {
    func line(_ orientation: ReferenceLine.Orientation, _ value: Double) -> Panel.Layer {
      .line(ReferenceLine(orientation, at: value, color: .black, width: 4, dash: .solid))
    }
    // Four points are 0.2 on an axis.
    try expect([line(.horizontal, 2)]) { _, y in abs(y - 2) < 0.1 }
    try expect([line(.vertical, 1)]) { x, _ in abs(x - 1) < 0.1 }
  }

  /// A letter is at most as high and as wide as the font's size, 9 points.
  @Test(arguments: [TextLabel.Alignment.leading, .center, .trailing])
  func aTextStandsAtItsPlace(_ alignment: TextLabel.Alignment) throws {
    let ink = try dark(figure([.text(TextLabel("HHH", x: 2, y: 2, alignment: alignment))]))
    let columns =
      switch alignment {
      case .leading: 48..<75
      case .center: 34..<62
      case .trailing: 21..<48
      }
    #expect(!ink.isEmpty)
    #expect(ink.allSatisfy { (39..<57).contains($0.row) && columns.contains($0.column) })
  }

  /// A layer outside the plot is seen in the legend alone, in its corner: a patch of 16 · 7 points
  /// beside a letter.
  @Test func aLegendIsInItsCorner() throws {
    let band = Band(
      x: [0, 4],
      lower: [-9, -9],
      upper: [-8, -8],
      color: .black,
      opacity: 1,
      label: "I"
    )
    #expect(try dark(figure([.band(band)])).isEmpty)
    let corners: [(Panel.Legend, rows: Range<Int>, columns: Range<Int>)] = [
      (.topLeft, 0..<48, 0..<48), (.topRight, 0..<48, 48..<96),
      (.bottomLeft, 48..<96, 0..<48), (.bottomRight, 48..<96, 48..<96),
    ]
    for (legend, rows, columns) in corners {
      let ink = try dark(figure([.band(band)], legend: legend))
      // Up to half the length of the patch's rim, where pixels are covered in part.
      #expect(ink.count >= 16 * 7 - (16 + 7), "\(legend)")
      #expect(ink.allSatisfy { rows.contains($0.row) && columns.contains($0.column) }, "\(legend)")
    }
  }

  /// An SVG file has a path of its own colour for each curve.
  @Test func anSVGFileHasEachCurve() throws {
    final class Paths: NSObject, XMLParserDelegate {
      var attributes: [String] = []

      func parser(
        _ parser: XMLParser,
        didStartElement name: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes own: [String: String]
      ) {
        // The colour is an attribute or, before cairo 1.18, a part of the style, and spaces differ.
        let text = own.values.joined(separator: " ").filter { $0 != " " }
        if name == "path" { attributes.append(text) }
      }
    }
    let colors = [Color(red: 1, green: 0, blue: 0), Color(red: 0, green: 0, blue: 1)]
    let layers = colors.enumerated().map { index, color in
      Panel.Layer.curves(Curves(x: [0, 4], y: [Double(index), 3], color: color))
    }
    let paths = Paths()
    try withFolder { folder in
      try figure(layers).write(to: folder + "/figure.svg")
      let parser = XMLParser(
        data: try Data(contentsOf: URL(fileURLWithPath: folder + "/figure.svg"))
      )
      parser.delegate = paths
      #expect(parser.parse())
    }
    for color in ["rgb(100%,0%,0%)", "rgb(0%,0%,100%)"] {
      #expect(paths.attributes.count { $0.contains(color) } == 1, "\(paths.attributes)")
    }
  }
}
