// How accurate samplers are for their evaluations. With exact fields and no network: weak errors of every
// method, strong errors along common paths, and KL with a million samples; then a trained checkerboard.
// Tables and pictures go to Output/accuracy.

import Figures
import Foundation
import StochasticInterpolants

let options: Options
do {
  options = try Options(CommandLine.arguments.dropFirst())
} catch {
  // A wrong argument is one line and a status, not a backtrace.
  FileHandle.standardError.write(Data("SamplerAccuracy: \(error)\n".utf8))
  exit(2)
}
try FileManager.default.createDirectory(atPath: options.output, withIntermediateDirectories: true)
let start = ContinuousClock.now

func write(_ text: String, _ name: String) throws {
  try AtomicFile.write(text, to: "\(options.output)/\(name)")
}

func write(_ figure: Figure, _ name: String) throws {
  try figure.write(to: "\(options.output)/\(name)")
}

for part in options.parts {
  switch part {
  case .grid:
    let rows = try Grid.studies(isFull: options.isFull).flatMap { try $0.rows() }
    try write(Row.csv(rows), "grid.csv")
    let best = BestMethods.table(rows)
    print("\nThe best method for a budget of evaluations, by KL:\n\n\(best)")
    try write(best, "best.md")
    for measure in Measure.allCases {
      let name = measure.rawValue
      try write(Pictures.methods(rows, measure), "methods-\(name).png")
      try write(Pictures.diffusions(rows, measure), "diffusions-\(name).png")
    }
  case .paths:
    let study = CommonPaths(
      problem: try .paper(),
      diffusion: 1,
      count: options.isFull ? 16_384 : 1_024
    )
    let rows = try study.rows()
    try write(CommonPaths.Row.csv(rows), "paths.csv")
    try write(Pictures.commonPaths(rows), "paths.png")
  case .million:
    let million = try MillionSamples.run(count: 1_000_000, seed: options.seed)
    print("\nKL with a million samples:\n\n\(million.table)")
    try write(million.table, "million.md")
    try write(Row.csv(million.rows), "million.csv")
  case .checkerboard:
    let board = try TrainedCheckerboard(steps: options.isFull ? 7_000 : 1_000)
    let rows = try board.rows(isFull: options.isFull)
    let table = TrainedCheckerboard.Row.table(rows)
    print("\nA checkerboard trained for \(board.steps) steps:\n\n\(table)")
    try write(table, "checkerboard.md")
    try write(TrainedCheckerboard.Row.csv(rows), "checkerboard.csv")
    try write(Pictures.checkerboard(rows), "checkerboard.png")
  }
  let seconds = start.duration(to: .now) / .seconds(1)
  print(String(format: "%@ done after %.0f s", part.rawValue, seconds))
}
