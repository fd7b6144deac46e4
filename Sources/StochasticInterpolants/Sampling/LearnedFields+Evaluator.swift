internal import Gradients
public import Tensors

extension LearnedFields {
  /// Evaluates networks and joins their heads.
  public final class Evaluator: FieldEvaluator {
    private let fields: LearnedFields
    private let plan: FieldPlan<I>
    private let wanted: Quantities
    private let networks: [NetworkEvaluator]
    /// Whether every wanted quantity is one head as it stands, whatever the time.
    private let isDirect: Bool

    private let rows: Int
    private let derivative: HeadDerivative
    /// The further input of the derivative.
    private var bound = Tensor<Double>(zeros: [0])

    init(fields: LearnedFields, wanted: Quantities, rows: Int, derivative: HeadDerivative) {
      self.fields = fields
      self.derivative = derivative
      self.wanted = wanted
      self.rows = rows
      plan = fields.plan
      isDirect = fields.plan.isDirect(wanted)
      networks = fields.fields.indices.map { network in
        NetworkEvaluator(
          fields.fields[network],
          program: fields.program(derivative, of: network, rows: rows),
          derivative: derivative,
          rows: rows
        )
      }
    }

    /// Stops the program where points are not what the memory was made for.
    private func check(points: Tensor<Double>) {
      require(
        points.shape == [rows, fields.dimension],
        "an evaluator made for \(rows) rows in \(fields.dimension) dimensions was asked for points of shape "
          + "\(points.shape)"
      )
    }

    /// The place of a quantity, of all rows or of one; stops the program where there is none.
    private func place(_ result: inout Tensor<Double>, _ row: Int?) -> Buffer<Double> {
      require(
        result.shape.first == rows,
        "an evaluator made for \(rows) rows cannot write into values of shape \(result.shape); make them by "
          + "FieldValues(wanted, rows: \(rows), dimension: \(fields.dimension))"
      )
      return part(result.uniqueBuffer, row)
    }

    private func part(_ buffer: Buffer<Double>, _ row: Int?) -> Buffer<Double> {
      guard let row else { return buffer }
      let columns = buffer.count / rows
      return buffer.slice(row * columns..<(row + 1) * columns)
    }

    /// Sets the probes, or the vectors whose products are differentiated, of the next evaluations.
    func bind(_ values: Tensor<Double>) {
      bound = values
      for network in networks { network.bind(values) }
    }

    /// Runs the networks of the wanted quantities, each once.
    public func evaluate(time: Double, points: Tensor<Double>, into values: inout FieldValues) {
      check(points: points)
      let combinations = plan.combinations(for: wanted, at: time)
      var hasRun = [Bool](repeating: false, count: networks.count)
      for combination in combinations {
        for (index, head) in fields.heads.enumerated()
        where combination.field[.head(index)] != 0 && !hasRun[head.network] {
          networks[head.network].run(time: time, points: points)
          hasRun[head.network] = true
        }
      }
      write(combinations, points, into: &values)
      whiten(&values)
    }

    /// Runs the networks of the wanted quantities with a time for each row, each once.
    public func evaluate(
      times: Tensor<Double>,
      points: Tensor<Double>,
      into values: inout FieldValues
    ) {
      check(points: points)
      require(
        times.count == rows,
        "an evaluator made for \(rows) rows was asked for times of shape \(times.shape)"
      )
      // What is a head as it stands has the same combination at all times.
      if isDirect {
        let combinations = plan.combinations(for: wanted, at: times[0])
        runNetworks(of: [combinations], times, points)
        write(combinations, points, into: &values)
        whiten(&values)
        return
      }
      let combinations = times.elements.map { plan.combinations(for: wanted, at: $0) }
      runNetworks(of: combinations, times, points)
      for (row, combination) in combinations.enumerated() {
        write(combination, points, row: row, into: &values)
      }
      whiten(&values)
    }

    private func runNetworks(
      of combinations: [[FieldPlan<I>.Combination]],
      _ times: Tensor<Double>,
      _ points: Tensor<Double>
    ) {
      for network in networks.indices {
        let isUsed = fields.heads.enumerated().contains { index, head in
          head.network == network
            && combinations.contains { $0.contains { $0.field[.head(index)] != 0 } }
        }
        if isUsed { networks[network].run(times: times, points: points) }
      }
    }

    /// Writes combinations of heads for every row, or for one row of the block.
    private func write(
      _ combinations: [FieldPlan<I>.Combination],
      _ points: Tensor<Double>,
      row: Int? = nil,
      into values: inout FieldValues
    ) {
      for combination in combinations {
        let field = combination.field
        switch combination.quantity {
        case .velocity: write(field, points, row, into: &values.velocity)
        case .conditionalVelocity: write(field, points, row, into: &values.conditionalVelocity)
        case .denoiser: write(field, points, row, into: &values.denoiser)
        case .baseDenoiser: write(field, points, row, into: &values.baseDenoiser)
        case .targetDenoiser: write(field, points, row, into: &values.targetDenoiser)
        case .drift: write(field, points, row, into: &values.drift)
        case .score: write(field, points, row, into: &values.score)
        case .divergence: writeDivergence(field, row, into: &values.divergence)
        case .scoreDivergence: writeDivergence(field, row, into: &values.scoreDivergence)
        default: break
        }
      }
    }

    /// Makes s of C₀ s, which the combinations are for a base N(0, C₀).
    private func whiten(_ values: inout FieldValues) {
      guard let precision = fields.precision, wanted.contains(.score) else { return }
      values.score = Tensor.product(values.score, precision)
    }

    private func write(
      _ field: FieldCombination,
      _ points: Tensor<Double>,
      _ row: Int?,
      into result: inout Tensor<Double>
    ) {
      let buffer = place(&result, row)
      var isEmpty = true
      for (index, head) in fields.heads.enumerated() {
        let weight = field[.head(index)]
        if weight == 0 { continue }
        networks[head.network].write(
          head.position,
          row: row,
          into: buffer,
          scaledBy: weight,
          isAdding: !isEmpty
        )
        isEmpty = false
      }
      // Not a product with 0: what stood there may be the NaN of another row.
      if isEmpty { buffer.fill(0) }
      if field[.points] != 0 {
        Kernels.axpy(field[.points], part(points.buffer, row), into: buffer)
      }
      for (weight, constant) in [
        (field[.source], fields.interpolant.source), (field[.targetMean], fields.targetMean),
      ] {
        guard weight != 0, let constant else { continue }
        let scaled = constant * weight
        for start in stride(from: 0, to: buffer.count, by: scaled.count) {
          Kernels.axpy(1, scaled.buffer, into: buffer.slice(start..<start + scaled.count))
        }
      }
    }

    private func writeDivergence(
      _ field: FieldCombination,
      _ row: Int?,
      into result: inout Tensor<Double>
    ) {
      let buffer = place(&result, row)
      // The part of x itself is known: ∇·x = d, of which a probe would be another estimate, and
      // ∇(x·w) = w.
      if derivative == .gradient {
        let own = part(bound.buffer, row)
        Kernels.affine(scale: field[.points], offset: 0, own, into: buffer)
      } else {
        buffer.fill(field[.points] * Double(fields.dimension))
      }
      for (index, head) in fields.heads.enumerated() where field[.head(index)] != 0 {
        networks[head.network].addDerivative(
          head.position,
          row: row,
          into: buffer,
          scaledBy: field[.head(index)]
        )
      }
    }
  }
}
