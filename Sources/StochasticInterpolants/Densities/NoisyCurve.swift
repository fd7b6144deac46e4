internal import RealModule
internal import Tensors

/// The law of a point on a plane curve plus normal noise, ∫ p(θ) N(x; c(θ), σ² I) dθ.
///
/// The integral is taken by Gauss–Legendre quadrature with 16 nodes on each of many panels. A panel
/// is no longer than σ and turns by no more than half a radian, so that at a distance D from the
/// curve the integrand falls by at most D/σ e-folds over a panel; the quadrature's relative error
/// for an exponential of r e-folds is below 250 (r/60)³²: under 10⁻¹² for D ≤ 20 σ.
struct NoisyCurve: Sendable {
  /// A piece of the curve.
  struct Arc {
    /// The values of θ.
    var range: ClosedRange<Double>
    /// An upper bound of |c′| on the piece.
    var speed: Double
    /// p(θ).
    var weight: (Double) -> Double
    /// c(θ).
    var point: (Double) -> (x: Double, y: Double)
  }

  private static let nodesPerPanel = 16
  /// Panels whose best term is below the largest by this many e-folds are left out.
  private static let reach = 45.0

  private let noise: Double
  private let logScale: Double
  /// Each panel's middle and the radius of a disc around it that holds its nodes, `[panels, 3]`.
  private let panels: Tensor<Double>
  /// Each node's place and weight, `[panels * nodesPerPanel, 3]`.
  private let nodes: Tensor<Double>

  /// Lays out the panels of a curve.
  init(_ arcs: [Arc], noise: Double) {
    var nodes: [Double] = []
    var panels: [Double] = []
    for arc in arcs {
      let length = arc.range.upperBound - arc.range.lowerBound
      let count = Int(max(arc.speed * length / noise, 2 * length).rounded(.up))
      let width = length / Double(count)
      for panel in 0..<count {
        let middle = arc.range.lowerBound + (Double(panel) + 0.5) * width
        let centre = arc.point(middle)
        panels += [centre.x, centre.y, 0.5 * width * arc.speed]
        for (abscissa, weight) in zip(Self.abscissas, Self.weights) {
          for sign in [-1.0, 1.0] {
            let angle = middle + sign * 0.5 * width * abscissa
            let point = arc.point(angle)
            nodes += [point.x, point.y, 0.5 * width * weight * arc.weight(angle)]
          }
        }
      }
    }
    self.noise = noise
    self.logScale = -logTwoPi - 2 * Double.log(noise)
    self.panels = Tensor(panels, shape: [panels.count / 3, 3])
    self.nodes = Tensor(nodes, shape: [nodes.count / 3, 3])
  }

  /// log ρ of each point, a row of `[count, 2]`.
  func logDensity(_ points: Tensor<Double>) -> Tensor<Double> {
    let result = Tensor<Double>(uninitialized: [points.shape[0]])
    Rows.forEachBlock(of: points.shape[0]) { rows in
      var near = [Int](repeating: 0, count: panels.shape[0])
      points.buffer.slice(2 * rows.lowerBound..<2 * rows.upperBound).withSpan { source in
        result.buffer.slice(rows).withMutableSpan { target in
          for row in 0..<target.count {
            target[row] = value(source[2 * row], source[2 * row + 1], near: &near)
          }
        }
      }
    }
    return result
  }

  private func value(_ x: Double, _ y: Double, near: inout [Int]) -> Double {
    let count = selectPanels(x, y, near: &near)
    let perPanel = Self.nodesPerPanel
    return nodes.withSpan { nodes in
      var least = Double.infinity
      for index in 0..<count {
        for node in near[index] * perPanel..<(near[index] + 1) * perPanel {
          least = min(least, squared(x - nodes[3 * node], y - nodes[3 * node + 1]))
        }
      }
      // Nothing is nearest for a point of NaN or one so far away that its square overflows.
      if least.isInfinite { return (x + y).isNaN ? .nan : -.infinity }
      let factor = -0.5 / (noise * noise)
      var sum = 0.0
      for index in 0..<count {
        for node in near[index] * perPanel..<(near[index] + 1) * perPanel {
          let distance = squared(x - nodes[3 * node], y - nodes[3 * node + 1])
          sum += nodes[3 * node + 2] * Double.exp(factor * (distance - least))
        }
      }
      return logScale + factor * least + Double.log(sum)
    }
  }

  @inline(__always)
  private func squared(_ x: Double, _ y: Double) -> Double { x * x + y * y }

  /// Writes the panels that matter for a point to the front of `near` and returns their number.
  private func selectPanels(_ x: Double, _ y: Double, near: inout [Int]) -> Int {
    panels.withSpan { panels in
      var farthest = Double.infinity
      for panel in 0..<near.count {
        let distance = squared(x - panels[3 * panel], y - panels[3 * panel + 1]).squareRoot()
        farthest = min(farthest, distance + panels[3 * panel + 2])
      }
      let limit = (farthest * farthest + 2 * Self.reach * noise * noise).squareRoot()
      var count = 0
      for panel in 0..<near.count {
        let distance = squared(x - panels[3 * panel], y - panels[3 * panel + 1]).squareRoot()
        // Written so that a point of NaN keeps every panel and comes out as NaN.
        if !(distance - panels[3 * panel + 2] > limit) {
          near[count] = panel
          count += 1
        }
      }
      return count
    }
  }

  /// ∫ p c dθ, `[2]`.
  var mean: Tensor<Double> {
    nodes.withSpan { nodes in
      var (x, y) = (0.0, 0.0)
      for node in 0..<nodes.count / 3 {
        x += nodes[3 * node + 2] * nodes[3 * node]
        y += nodes[3 * node + 2] * nodes[3 * node + 1]
      }
      return Tensor([x, y])
    }
  }

  /// ∫ p (c − mean)(c − mean)ᵀ dθ + σ² I, `[2, 2]`.
  var covariance: Tensor<Double> {
    let centre = mean
    let (centreX, centreY) = (centre[0], centre[1])
    return nodes.withSpan { nodes in
      var (xx, xy, yy) = (noise * noise, 0.0, noise * noise)
      for node in 0..<nodes.count / 3 {
        let (x, y) = (nodes[3 * node] - centreX, nodes[3 * node + 1] - centreY)
        xx += nodes[3 * node + 2] * x * x
        xy += nodes[3 * node + 2] * x * y
        yy += nodes[3 * node + 2] * y * y
      }
      return Tensor([xx, xy, xy, yy], shape: [2, 2])
    }
  }

  /// The positive abscissas of the 16-point Gauss–Legendre rule on [−1, 1].
  private static let abscissas = [
    0.095_012_509_837_637_440, 0.281_603_550_779_258_913, 0.458_016_777_657_227_386,
    0.617_876_244_402_643_748, 0.755_404_408_355_003_034, 0.865_631_202_387_831_744,
    0.944_575_023_073_232_576, 0.989_400_934_991_649_933,
  ]

  /// The weights of ``abscissas``.
  private static let weights = [
    0.189_450_610_455_068_496, 0.182_603_415_044_923_589, 0.169_156_519_395_002_538,
    0.149_595_988_816_576_732, 0.124_628_971_255_533_872, 0.095_158_511_682_492_785,
    0.062_253_523_938_647_893, 0.027_152_459_411_754_095,
  ]

  /// Approximates ∫ f over a range by the 16-point rule on equal panels.
  static func integral(
    over range: ClosedRange<Double>,
    panels: Int,
    _ f: (Double) -> Double
  ) -> Double {
    let width = (range.upperBound - range.lowerBound) / Double(panels)
    var sum = 0.0
    for panel in 0..<panels {
      let middle = range.lowerBound + (Double(panel) + 0.5) * width
      for (abscissa, weight) in zip(abscissas, weights) {
        let offset = 0.5 * width * abscissa
        sum += 0.5 * width * weight * (f(middle - offset) + f(middle + offset))
      }
    }
    return sum
  }

  /// Stops unless the sizes of a curve density make sense.
  static func check(size: Double, named name: String, noise: Double) {
    require(
      size > 0 && size.isFinite,
      "the \(name) must be positive and finite, got \(size)"
    )
    require(
      noise >= 1e-3 * size && noise.isFinite,
      "the noise must be finite and at least a thousandth of the \(name) \(size), got \(noise)"
    )
  }
}
