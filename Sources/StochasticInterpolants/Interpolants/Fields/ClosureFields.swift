public import Tensors

/// Fields given by functions of time and points: any b and s of one's own.
///
/// A function sees blocks of at most 128 rows, some of which may be padding: a row of its result depends on
/// its own point only. Step control for each sample asks for rows at different times, for which functions of
/// one time are called row by row; those of
/// ``rowwise(dimension:velocity:score:divergence:scoreDivergence:)`` are called once.
public struct ClosureFields: Fields {
  /// A function of t and x `[rows, dimension]`.
  public typealias Function = @Sendable (Double, Tensor<Double>) -> Tensor<Double>

  /// A function of t for each row, `[rows]`, and x `[rows, dimension]`.
  public typealias RowwiseFunction = @Sendable (Tensor<Double>, Tensor<Double>) -> Tensor<Double>

  /// The number of components of a point.
  public let dimension: Int

  private let functions: [(part: FieldValues.Part, form: Form)]

  fileprivate enum Form {
    case ofOneTime(Function)
    case rowwise(RowwiseFunction)
  }

  /// Wraps functions of one time.
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
    self.init(
      dimension,
      [
        .velocity: velocity, .score: score, .divergence: divergence,
        .scoreDivergence: scoreDivergence,
      ].mapValues { $0.map { .ofOneTime($0) } }
    )
  }

  /// Wraps functions of a time for each row, as step control for each sample has it.
  ///
  /// - Parameters:
  ///   - dimension: the number of components of a point.
  ///   - velocity: b, `[rows, dimension]`.
  ///   - score: s, `[rows, dimension]`; without it there is no SDE.
  ///   - divergence: ∇ · b, `[rows]`; without it there is no likelihood.
  ///   - scoreDivergence: ∇ · s, `[rows]`; without it there is no likelihood along an SDE.
  /// - Returns: the fields.
  public static func rowwise(
    dimension: Int,
    velocity: RowwiseFunction? = nil,
    score: RowwiseFunction? = nil,
    divergence: RowwiseFunction? = nil,
    scoreDivergence: RowwiseFunction? = nil
  ) -> ClosureFields {
    ClosureFields(
      dimension,
      [
        .velocity: velocity, .score: score, .divergence: divergence,
        .scoreDivergence: scoreDivergence,
      ].mapValues { $0.map { .rowwise($0) } }
    )
  }

  private init(_ dimension: Int, _ forms: [Quantities: Form?]) {
    self.dimension = dimension
    functions = FieldValues.parts.compactMap { part in
      forms[part.quantity].flatMap { $0 }.map { (part, $0) }
    }
  }

  /// The quantities whose functions were given.
  public var available: Quantities { Quantities(functions.map(\.part.quantity)) }

  /// Calls the functions.
  public func makeEvaluator(_ wanted: Quantities, rows: Int) -> Evaluator {
    Evaluator(dimension, functions.filter { wanted.contains($0.part.quantity) })
  }

  /// Calls the functions of ``ClosureFields``.
  public final class Evaluator: FieldEvaluator {
    private let dimension: Int
    private let functions: [(part: FieldValues.Part, form: Form)]

    fileprivate init(
      _ dimension: Int,
      _ functions: [(part: FieldValues.Part, form: Form)]
    ) {
      self.dimension = dimension
      self.functions = functions
    }

    /// Calls the functions of the wanted quantities.
    public func evaluate(time: Double, points: Tensor<Double>, into values: inout FieldValues) {
      for (part, form) in functions {
        let result =
          switch form {
          case .ofOneTime(let function): function(time, points)
          case .rowwise(let function):
            function(Tensor(repeating: time, shape: [points.shape[0]]), points)
          }
        values[keyPath: part.path] = checked(result, part, rows: points.shape[0])
      }
    }

    /// Calls functions of one time for each row alone.
    public func evaluate(
      times: Tensor<Double>,
      points: Tensor<Double>,
      into values: inout FieldValues
    ) {
      for (part, form) in functions {
        switch form {
        case .ofOneTime(let function):
          for row in 0..<points.shape[0] {
            let own = function(times[row], points.slice(row..<row + 1))
            values[keyPath: part.path].copyRows(
              from: checked(own, part, rows: 1),
              count: 1,
              at: row
            )
          }
        case .rowwise(let function):
          values[keyPath: part.path] =
            checked(function(times, points), part, rows: points.shape[0])
        }
      }
    }

    /// A result in the shape of its quantity; columns of one number are taken for divergences too.
    private func checked(
      _ result: Tensor<Double>,
      _ part: FieldValues.Part,
      rows: Int
    ) -> Tensor<Double> {
      let isScalar = part.quantity == .divergence || part.quantity == .scoreDivergence
      let shape = isScalar ? [rows] : [rows, dimension]
      require(
        result.shape == shape || isScalar && result.shape == [rows, 1],
        "the function of the \(part.name) has to return the shape \(shape) for points of "
          + "\([rows, dimension]), got \(result.shape)"
      )
      return isScalar ? result.reshaped(shape) : result
    }
  }
}
