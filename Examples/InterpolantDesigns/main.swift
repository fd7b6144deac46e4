// The designs of section 4 between the mixtures of the paper's figures 6 and 7, with exact fields:
// ρ(t, x), paths of the flow and of an SDE; and what antithetic pairs and the law of times do to the
// variance of the losses.

import Figures
import Foundation
import StochasticInterpolants

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.isEmpty || arguments.count == 2 && arguments[0] == "--output" else {
  FileHandle.standardError.write(
    Data("error: unknown arguments \(arguments); there is --output FOLDER\n".utf8)
  )
  exit(64)
}
let output = arguments.last ?? "Output"
try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)

var rows: [[Panel?]] = []
for design in try Design.all() {
  let panels = try design.panels()
  rows.append(panels)
  try Figure(panels, columns: 2, size: .plots(width: 200, height: 130), scale: 1.5)
    .write(to: output + "/design-\(design.file).png")
}
// Three designs side by side.
let table = stride(from: 0, to: rows.count, by: 3).map { start in
  rows[start..<min(start + 3, rows.count)].flatMap { $0 }
}
try Figure(rows: table, size: .plots(width: 190, height: 130), scale: 1.2)
  .write(to: output + "/designs.png")
print("\(output)/designs.png and a picture of each design")

let tables = try VarianceTables()
tables.printPairs()
tables.printEnds()
tables.printTimes()
