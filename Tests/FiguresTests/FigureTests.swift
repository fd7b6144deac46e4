import Figures
import Foundation
import FoundationXML
import Testing

@Suite struct FigureTests {
  private static let hidden = Panel(x: .hidden, y: .hidden)

  @Test func mappingPutsNumbersWhereTheyBelong() {
    let linear = AxisMapping(range: -1...3, scale: .linear, start: 10, end: 50)
    #expect(linear.position(of: -1) == 10)
    #expect(linear.position(of: 0) == 20)
    #expect(linear.position(of: 3) == 50)
    // Fifty lengths of 40 points at most.
    #expect(linear.position(of: 1e300) == 2010)
    let upward = AxisMapping(range: 0...4, scale: .squareRoot, start: 100, end: 0)
    #expect(upward.position(of: 1) == 50)
    let powers = AxisMapping(range: 0.01...100, scale: .logarithmic, start: 0, end: 4)
    #expect(powers.position(of: 0.1) == 1)
    #expect(powers.position(of: 100) == 4)
    #expect(powers.position(of: 0) == nil)
    #expect(linear.position(of: .nan) == nil && linear.position(of: .infinity) == nil)
    let wide = AxisMapping(range: -1e300...1e300, scale: .linear, start: 0, end: 2)
    #expect(wide.position(of: 0) == 1)
  }

  @Test func formatsBeginAsTheyShould() throws {
    try withFolder { folder in
      let figure = Figure(Panel("ρ", layers: [.curves(Curves(x: [0, 1], y: [1, 2]))]))
      for name in ["a.png", "a.svg", "a.pdf", "B.PNG"] {
        try figure.write(to: "\(folder)/\(name)")
      }
      func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      #expect(try bytes("a.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
      #expect(try bytes("a.png") == bytes("B.PNG"))
      #expect(try bytes("a.pdf").starts(with: Data("%PDF-".utf8)))
      #expect(try XMLParser(data: bytes("a.svg")).parse())
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
          == ["B.PNG", "a.pdf", "a.png", "a.svg"]
      )
    }
  }

  @Test func aNoisyCurveIsDrawnInPiecesAndStaysSmall() throws {
    try withFolder { folder in
      let x = (0..<100_000).map { Double($0) }
      let curves = Curves(x: x, y: x.map { sin($0) })
      for name in ["a.png", "a.svg", "a.pdf"] {
        try Figure(Panel(layers: [.curves(curves)])).write(to: "\(folder)/\(name)")
        let size = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")).count
        // Twenty characters a corner would be two million.
        #expect(size < 500_000)
      }
    }
  }

  @Test func heatMapGrowsUpward() throws {
    var panel = Self.hidden
    let values = [0, 0.25, 0.5, 1]
    panel.layers = [
      .heatMap(
        HeatMap(values, columns: 2, x: 0...2, y: 0...2, colors: ColorScale(.gray, range: 0...1))
      )
    ]
    let image = try image(of: Figure(panel, size: .whole(width: 100, height: 100), scale: 1))
    #expect(image.width == 100 && image.height == 100)
    // Quarters of the plot from the bottom left; rows of the file run from the top.
    let places = [(30, 70), (70, 70), (30, 30), (70, 30)]
    for (value, (column, row)) in zip(values, places) {
      let expected = ColorMap.gray.color(at: value).red
      // Half a step of 8 bits, and one of the 1023 of the table of colours.
      let tolerance = 0.5 / 255 + 1.0 / 1023
      #expect(abs(image.values[row * 100 + column] - expected) <= tolerance)
    }
  }

  @Test func discStandsAtItsPlace() throws {
    var panel = Panel(
      x: Axis(range: 0...4, isVisible: false),
      y: Axis(range: 0...4, isVisible: false)
    )
    let points = Points([(1, 3), (.nan, 1), (2, .infinity), (9, 9)])
    panel.layers = [.scatter(Scatter(points, color: .black, radius: 4, opacity: 1))]
    let image = try image(of: Figure(panel, size: .whole(width: 96, height: 96), scale: 1))
    // The plot is 80 points wide behind 8 of padding; inside the frame nothing else is dark.
    let dark = (12..<84).flatMap { row in
      (12..<84).compactMap { image.values[row * 96 + $0] < 0.5 ? (row: row, column: $0) : nil }
    }
    let area = Double(dark.count)
    // Pixels whose middle lies in the disc: its area up to the length of its rim.
    #expect(abs(area - 16 * Double.pi) <= 8 * Double.pi)
    let row = Double(dark.map(\.row).reduce(0, +)) / area + 0.5
    let column = Double(dark.map(\.column).reduce(0, +)) / area + 0.5
    #expect(abs(column - 28) <= 0.5 && abs(row - 28) <= 0.5, "\(column) \(row)")
  }

  /// A curve of one point, and a corner between gaps, is a dot as wide as the line; a line has its ends only.
  @Test func aCornerAloneIsADot() throws {
    var panel = Panel(
      x: Axis(range: 0...4, isVisible: false),
      y: Axis(range: 0...4, isVisible: false)
    )
    panel.layers = [
      .curves(Curves(x: [1], y: [3], color: .black, width: 6)),
      .curves(Curves(x: [0, 3, 0], y: [.nan, 1, .nan], color: .black, width: 6)),
    ]
    let image = try image(of: Figure(panel, size: .whole(width: 96, height: 96), scale: 1))
    // The plot is 80 points wide behind 8 of padding: the dots are at (28, 28) and (68, 68), of area 9π up to
    // the length of their rims.
    for middle in [28, 68] {
      let dark = (middle - 8..<middle + 8).reduce(0) { sum, row in
        sum + (middle - 8..<middle + 8).count { image.values[row * 96 + $0] < 0.5 }
      }
      #expect(abs(Double(dark) - 9 * .pi) <= 6 * .pi)
    }
  }

  @Test(
    arguments: [
      [],
      [.heatMap(HeatMap([.nan, .infinity, .nan, .nan], columns: 2, x: 0...1, y: 0...1))],
      [.heatMap(HeatMap([2, 2, 2, 2], columns: 2, x: 0...1, y: 0...1))],
      [
        .heatMap(
          HeatMap(
            [0, -1, .nan, 0],
            columns: 2,
            x: 0...1,
            y: 0...1,
            colors: ColorScale(.ember, scale: .logarithmic)
          )
        )
      ],
      [.scatter(Scatter(Points(x: [.nan, 1], y: [1, .infinity])))],
      [.scatter(Scatter(Points(x: [3], y: [3]), values: [.nan]))],
      [.scatter(Scatter(Points(x: [3], y: [3]), color: Color(red: -1, green: .nan, blue: 9)))],
      [.scatter(Scatter(Points(x: [3, 1e308], y: [-1e308, 3])))],
      [.curves(Curves(x: [], y: [])), .curves(Curves(x: [0, .nan, 2, 3], y: [1, 1, .nan, 1]))],
      [.band(Band(x: [0, 1, 2], lower: [.nan, 0, 0], upper: [1, 1, .infinity]))],
      [.bars(Bars(edges: [0, 1, .nan, 3], heights: [1, .nan, 2]))],
      [.line(ReferenceLine(.vertical, at: .nan)), .text(TextLabel("NaN", x: .nan, y: 0))],
    ] as [[Panel.Layer]]
  )
  func oddInputIsDrawn(layers: [Panel.Layer]) throws {
    for scale in [Scale.linear, .logarithmic, .squareRoot] {
      let panel = Panel(
        "odd",
        x: Axis("x", scale: scale),
        y: Axis("y", scale: scale),
        showsGrid: true,
        colorBar: Panel.ColorBar("value"),
        layers: layers
      )
      #expect(try image(of: Figure(panel, size: .whole(width: 200, height: 150))).width == 400)
    }
  }

  private static let crowded = [
    Figure(
      [GalleryTests.gallery.rows[0][0], GalleryTests.gallery.rows[1][0]].compactMap { $0 },
      columns: 2,
      size: .whole(width: 300, height: 140),
      scale: 1
    ),
    Figure(
      rows: [
        [Panel("A title that is much longer than its plot is wide", y: Axis("a very long label"))],
        [nil, Panel(x: Axis("x", range: 0...123_456), layers: [])],
        [],
      ],
      title: "A title that is longer than the whole figure with all of its panels is wide",
      size: .plots(width: 40, height: 30),
      scale: 1.37
    ),
    Figure(
      Panel(
        x: Axis("x", range: 1e-7...3e5, scale: .logarithmic),
        y: Axis(range: -1e-9...1e-9),
        legend: .outside,
        layers: [.curves(Curves(x: [1], y: [0], label: "a long label of a curve"))]
      ),
      size: .whole(width: 10, height: 10),
      scale: 3
    ),
    Figure(rows: []),
    GalleryTests.gallery,
  ]

  @Test(arguments: crowded.indices)
  func nothingIsClipped(index: Int) throws {
    let image = try image(of: Self.crowded[index])
    let (width, height) = (image.width, image.height)
    // Ink in the outermost pixels would be a text cut off by the page.
    for column in 0..<width {
      #expect(image.values[column] == 1 && image.values[(height - 1) * width + column] == 1)
    }
    for row in 0..<height {
      #expect(image.values[row * width] == 1 && image.values[(row + 1) * width - 1] == 1)
    }
  }

  @Test func failuresLeaveNothingBehind() throws {
    try withFolder { folder in
      var figure = Figure(Self.hidden)
      func expect(_ path: String, _ error: FigureError) {
        #expect(throws: error) { try figure.write(to: path) }
      }
      expect("\(folder)/a.jpeg", .unknownFormat(path: "\(folder)/a.jpeg"))
      expect("\(folder)/a", .unknownFormat(path: "\(folder)/a"))
      let nowhere = "\(folder)/no/a.png"
      expect(nowhere, .cannotWrite(path: nowhere, reason: "there is no such directory"))
      let directory = "\(folder)/directory.svg"
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
      expect(directory, .cannotWrite(path: directory, reason: "it is a directory"))
      // What stood at the path before is still there.
      let kept = "\(folder)/kept.png"
      try figure.write(to: kept)
      let before = try Data(contentsOf: URL(fileURLWithPath: kept))
      figure.scale = 1e6
      let error = #expect(throws: FigureError.self) { try figure.write(to: kept) }
      #expect(error?.description.hasPrefix("cannot write \(kept): ") == true)
      #expect(try Data(contentsOf: URL(fileURLWithPath: kept)) == before)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
          == ["directory.svg", "kept.png"]
      )
      // Under a file there is no directory.
      #expect(throws: FigureError.self) { try Figure(Self.hidden).write(to: "\(kept)/a.png") }
    }
  }

  @Test func aLinkStaysALink() throws {
    try withFolder { folder in
      let (file, link) = (folder + "/file.png", folder + "/link.png")
      try Figure(Self.hidden).write(to: file)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
      try Figure(Self.hidden, scale: 1).write(to: link)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file)
      #expect(try GrayscaleImage(contentsOf: file).width == 336)
    }
  }
}
