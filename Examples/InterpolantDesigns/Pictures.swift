import Figures
import RealModule
import StochasticInterpolants
import Tensors

extension Design {
  static let x = Axis("x", range: -9...9)
  static let t = Axis("t", range: 0...1)

  /// ρ(t, x) as a heat map with paths over it.
  func panel(_ title: String, _ trajectory: [Tensor<Double>], _ times: [Double]) -> Panel {
    let count = trajectory.first?.shape[0] ?? 0
    let paths = (0..<count).map { row in
      Points(x: times, y: trajectory.map { $0[row, 0] })
    }
    return Panel(
      title,
      x: Self.t,
      y: Self.x,
      layers: [
        .heatMap(densityMap()),
        .curves(Curves(paths, color: Color(gray: 1), width: 0.5, opacity: 0.8)),
      ]
    )
  }

  private func densityMap() -> HeatMap {
    let (columns, rows) = (160, 144)
    let points = Tensor<Double>(
      (0..<rows).map { -9 + 18 * (Double($0) + 0.5) / Double(rows) },
      shape: [rows, 1]
    )
    var values = [Double](repeating: 0, count: columns * rows)
    for column in 0..<columns {
      // Middles of columns: no design is a point there.
      let time = (Double(column) + 0.5) / Double(columns)
      let density = fields(time, points, wanted: .logDensity).logDensity.elements
      for row in 0..<rows { values[row * columns + column] = Double.exp(density[row]) }
    }
    return HeatMap(
      values,
      columns: columns,
      x: 0...1,
      y: -9...9,
      colors: ColorScale(.ember, range: 0...0.4)
    )
  }

  /// ρ(t, x) with paths of the ODE, and with paths of an SDE.
  func panels() throws -> [Panel] {
    let times = (0...100).map { Double($0) / 100 }
    let flowTimes = times.filter { $0 >= firstTime }
    let sampler = Sampler(fields)
    let sde = try sampler.sde(
      count: 24,
      from: start,
      diffusion: diffusion,
      steps: 1_000,
      saving: times,
      seed: 5
    )
    // The flow of a point mass starts from where the process has left the point.
    let origin =
      try firstTime == 0
      ? start : EmpiricalDensity(points: sde.trajectory[1])
    let flow = try sampler.ode(
      count: 24,
      from: origin,
      steps: 1_000,
      times: firstTime...1,
      saving: flowTimes,
      seed: 5
    )
    let noise = firstTime == 0 ? "ε = 0.5" : "its process"
    return [
      panel("\(name): ODE", flow.trajectory, flowTimes),
      panel("SDE, \(noise)", sde.trajectory, times),
    ]
  }
}
