public import Tensors

/// The fields of an interpolant, learned, exact or given by functions.
///
/// A field is asked once for what is needed, so that a network with two heads or an exact mixture
/// answers b and s in one pass.
public protocol Fields: Sendable {
  /// The number of components of a point.
  var dimension: Int { get }

  /// What can be asked for.
  var available: Quantities { get }

  /// Why some quantities cannot be had at a time, although ``available`` offers them at others; nil
  /// where they can.
  ///
  /// - Parameters:
  ///   - wanted: a subset of ``available``.
  ///   - time: t in [0, 1].
  /// - Returns: the conversion that is singular there.
  func obstacle(to wanted: Quantities, at time: Double) -> ConversionError?

  /// Whether the latent is N(0, Id), so that s = −η_z/γ without a matrix.
  var hasStandardLatent: Bool { get }

  /// ε(t) of the latent's process, to which ``Quantities/drift`` belongs; nil where there is none.
  func processDiffusion(_ time: Double) -> Double?

  /// What answers questions on one thread.
  associatedtype Evaluator: FieldEvaluator

  /// Makes the memory in which one thread evaluates blocks.
  ///
  /// - Parameters:
  ///   - wanted: the quantities, a subset of ``available``.
  ///   - rows: the number of rows of every block.
  /// - Returns: the evaluator, for one thread.
  func makeEvaluator(_ wanted: Quantities, rows: Int) -> Evaluator

  /// Makes the memory in which one thread evaluates blocks with Hutchinson's estimates in place of
  /// divergences; nil where the fields offer no products of their Jacobians.
  ///
  /// - Parameters:
  ///   - wanted: the quantities, a subset of ``available``.
  ///   - rows: the number of rows of every block.
  ///   - probes: the number of probes of a row.
  /// - Returns: the evaluator, for one thread, or nil.
  func makeProbeEvaluator(_ wanted: Quantities, rows: Int, probes: Int) -> (any ProbeEvaluator)?
}

/// Evaluates fields on one thread; not shared.
public protocol FieldEvaluator: AnyObject {
  /// Writes the wanted quantities at time t and points x.
  ///
  /// - Parameters:
  ///   - time: t in [0, 1].
  ///   - points: x, `[rows, dimension]`.
  ///   - values: receives the wanted quantities; the others are left alone.
  func evaluate(time: Double, points: Tensor<Double>, into values: inout FieldValues)

  /// Writes the wanted quantities at a time for each row, as step control for each sample asks.
  ///
  /// A row of the values depends on its own time and point only.
  ///
  /// - Parameters:
  ///   - times: t in [0, 1], `[rows]`.
  ///   - points: x, `[rows, dimension]`.
  ///   - values: receives the wanted quantities; the others are left alone.
  func evaluate(times: Tensor<Double>, points: Tensor<Double>, into values: inout FieldValues)
}

extension Fields {
  /// The wanted quantities, or the conversion that is singular at this time.
  ///
  /// Learned fields answer at times on which they were not trained too; samplers and likelihoods refuse these.
  ///
  /// - Parameters:
  ///   - time: t in [0, 1].
  ///   - points: x, `[rows, dimension]`.
  ///   - wanted: a subset of ``available``; all of it unless given.
  /// - Returns: the wanted quantities, a row for each point.
  /// - Throws: ``ConversionError`` where ``obstacle(to:at:)`` has one, as for a score −η/γ where γ = 0.
  public func values(
    at time: Double,
    _ points: Tensor<Double>,
    wanted: Quantities? = nil
  ) throws(ConversionError) -> FieldValues {
    Self.check(time)
    if let obstacle = obstacle(to: wanted ?? available, at: time) { throw obstacle }
    return self(time, points, wanted: wanted)
  }

  private static func check(_ time: Double) {
    require(time >= 0 && time <= 1, "fields have values at t in [0, 1], not at \(time)")
  }

  /// Nil: everything offered is finite at all times.
  public func obstacle(to wanted: Quantities, at time: Double) -> ConversionError? { nil }

  /// True.
  public var hasStandardLatent: Bool { true }

  /// Nil: no process.
  public func processDiffusion(_ time: Double) -> Double? { nil }

  /// Nil: no products of Jacobians.
  public func makeProbeEvaluator(
    _ wanted: Quantities,
    rows: Int,
    probes: Int
  ) -> (any ProbeEvaluator)? { nil }

  /// The wanted quantities at time t and points x, for any number of rows.
  ///
  /// - Parameters:
  ///   - time: t in [0, 1].
  ///   - points: x, `[rows, dimension]`.
  ///   - wanted: a subset of ``available``; all of it unless given. Quantities to which there is an
  ///     ``obstacle(to:at:)`` stop the program with its text; ``values(at:_:wanted:)`` throws it.
  ///   - workers: the threads among which blocks of points are shared out; the values do not depend
  ///     on their number.
  /// - Returns: the wanted quantities, a row for each point.
  public func callAsFunction(
    _ time: Double,
    _ points: Tensor<Double>,
    wanted: Quantities? = nil,
    workers: Workers = .shared
  ) -> FieldValues {
    Self.check(time)
    let wanted = wanted ?? available
    require(
      wanted.isSubset(of: available),
      "the field offers \(available), not \(wanted.subtracting(available))"
    )
    require(
      points.rank == 2 && points.shape[1] == dimension,
      "a field in \(dimension) dimensions takes points of shape [rows, \(dimension)], got "
        + "\(points.shape)"
    )
    if let obstacle = obstacle(to: wanted, at: time) { fatalError("\(obstacle)") }
    let rows = points.shape[0]
    var all = FieldValues(wanted, rows: rows, dimension: dimension)
    let parts = FieldValues.parts.filter { wanted.contains($0.quantity) }
    let targets = parts.map { all[keyPath: $0.path].uniqueBuffer }
    let perWorker = PerWorker(count: workers.count) {
      BlockEvaluators(self, wanted)
    }
    workers.forEach(RowBlocks.blockCount(rows)) { index, worker in
      let block = RowBlocks.block(index, of: rows)
      perWorker.withValue(of: worker) { own in
        own.withEvaluator(rows: block.rows) { evaluator, values in
          evaluator.evaluate(time: time, points: block.padded(points), into: &values)
          for (part, target) in zip(parts, targets) {
            let columns = target.count / rows
            target.slice(block.range.lowerBound * columns..<block.range.upperBound * columns)
              .copy(from: values[keyPath: part.path].buffer.slice(0..<block.range.count * columns))
          }
        }
      }
    }
    return all
  }
}
