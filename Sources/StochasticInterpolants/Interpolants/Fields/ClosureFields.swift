public import Tensors

/// Fields given by functions of time and points: any b and s of one's own.
public struct ClosureFields: Fields {
  /// A function of t and x `[rows, dimension]`.
  public typealias Function = @Sendable (Double, Tensor<Double>) -> Tensor<Double>

  /// The number of components of a point.
  public let dimension: Int

  private let velocity: Function?
  private let score: Function?
  private let divergence: Function?
  private let scoreDivergence: Function?

  /// Wraps functions.
  ///
  /// - Parameters:
  ///   - dimension: the number of components of a point.
  ///   - velocity: b, `[rows, dimension]`.
  ///   - score: s, `[rows, dimension]`; without it there is no SDE.
  ///   - divergence: ∇ · b, `[rows]`; without it there is no likelihood.
  ///   - scoreDivergence: ∇ · s, `[rows]`; without it there is no likelihood along an SDE.
  public init(
    dimension: Int,
    velocity: Function? = nil,
    score: Function? = nil,
    divergence: Function? = nil,
    scoreDivergence: Function? = nil
  ) {
    self.dimension = dimension
    self.velocity = velocity
    self.score = score
    self.divergence = divergence
    self.scoreDivergence = scoreDivergence
  }

  /// The quantities whose functions were given.
  public var available: Quantities {
    var result: Quantities = []
    if velocity != nil { result.insert(.velocity) }
    if score != nil { result.insert(.score) }
    if divergence != nil { result.insert(.divergence) }
    if scoreDivergence != nil { result.insert(.scoreDivergence) }
    return result
  }

  /// Calls the functions.
  public func makeEvaluator(_ wanted: Quantities, rows: Int) -> Evaluator {
    Evaluator(fields: self, wanted: wanted)
  }

  /// Calls the functions of ``ClosureFields``.
  public final class Evaluator: FieldEvaluator {
    private let fields: ClosureFields
    private let wanted: Quantities

    init(fields: ClosureFields, wanted: Quantities) {
      self.fields = fields
      self.wanted = wanted
    }

    /// Calls the functions of the wanted quantities.
    public func evaluate(time: Double, points: Tensor<Double>, into values: inout FieldValues) {
      if wanted.contains(.velocity), let velocity = fields.velocity {
        values.velocity = velocity(time, points)
      }
      if wanted.contains(.score), let score = fields.score { values.score = score(time, points) }
      if wanted.contains(.divergence), let divergence = fields.divergence {
        values.divergence = divergence(time, points)
      }
      if wanted.contains(.scoreDivergence), let divergence = fields.scoreDivergence {
        values.scoreDivergence = divergence(time, points)
      }
    }

    /// Calls the functions for each row alone.
    public func evaluate(
      times: Tensor<Double>,
      points: Tensor<Double>,
      into values: inout FieldValues
    ) {
      evaluateRowByRow(times: times, points: points, into: &values)
    }
  }
}
