public import Gradients
public import Tensors

/// A network with its parameters and what it was trained to be.
public struct LearnedField: Sendable {
  /// Which field.
  public let kind: Objective.Kind
  /// The network.
  public let network: any Network
  /// Its parameters, in the order of its layout.
  public let parameters: [Tensor<Float>]
  /// The times on which it was trained.
  public let times: ClosedRange<Double>

  let program: Program<Float>
  let divergence: Program<Float>

  /// Records the network's programs.
  ///
  /// - Parameters:
  ///   - kind: which field it was trained to be.
  ///   - network: the network.
  ///   - parameters: of the shapes of the network's layout.
  ///   - times: the times on which it was trained.
  public init(
    kind: Objective.Kind,
    network: some Network,
    parameters: [Tensor<Float>],
    times: ClosedRange<Double>
  ) {
    self.kind = kind
    self.network = network
    self.parameters = parameters
    self.times = times
    let tape = Tape<Float>()
    let recorded = network.parameterLayout.map { tape.input($0.shape) }
    let time = tape.input([RowBlocks.size, 1])
    let points = tape.input([RowBlocks.size, network.dimension])
    let value = network(recorded, time: time, points: points)
    program = Program([value])
    divergence = Program([value, value.divergence(withRespectTo: points)])
  }
}

/// The fields of a trained bridge: b and s, or b and η_z with s = −η_z/γ (2.18).
public struct LearnedFields<I: Interpolant>: Fields {
  /// The interpolant, whose latent coefficient turns a denoiser into a score.
  public let interpolant: I
  /// The trained networks, each kind at most once.
  public let fields: [LearnedField]
  /// The number of components of a point.
  public let dimension: Int

  /// Joins trained networks.
  ///
  /// - Parameters:
  ///   - interpolant: the interpolant they were trained on.
  ///   - fields: at least one.
  public init(interpolant: I, fields: [LearnedField]) {
    guard let first = fields.first else { fatalError("learned fields need at least one network") }
    self.interpolant = interpolant
    self.fields = fields
    dimension = first.network.dimension
  }

  func field(_ kind: Objective.Kind) -> LearnedField? { fields.first { $0.kind == kind } }

  /// b and its divergence where b was trained, s and η_z where one of them was.
  public var available: Quantities {
    var result: Quantities = []
    if field(.velocity) != nil { result.formUnion([.velocity, .divergence]) }
    if field(.score) != nil || field(.denoiser) != nil {
      result.formUnion([.score, .denoiser])
    }
    return result
  }

  /// The times on which the networks behind some quantities were trained, and at which the
  /// conversion between η_z and s is finite.
  func times(of quantities: Quantities) -> ClosedRange<Double> {
    var used: [LearnedField] = []
    if !quantities.isDisjoint(with: [.velocity, .divergence]), let field = field(.velocity) {
      used.append(field)
    }
    if quantities.contains(.score), let field = field(.score) ?? field(.denoiser) {
      used.append(field)
    }
    let lower = used.map(\.times.lowerBound).max() ?? 0
    let upper = used.map(\.times.upperBound).min() ?? 1
    return lower...max(lower, upper)
  }

  /// Makes the memory in which one thread evaluates blocks of the library's constant size.
  public func makeEvaluator(_ wanted: Quantities, rows: Int) -> Evaluator {
    require(
      rows == RowBlocks.size,
      "learned fields are evaluated in blocks of \(RowBlocks.size) rows, got \(rows)"
    )
    return Evaluator(fields: self, wanted: wanted)
  }

  /// Evaluates networks; the score and the denoiser come from whichever was trained.
  public final class Evaluator: FieldEvaluator {
    private let velocity: NetworkEvaluator?
    private let latent: NetworkEvaluator?
    private let latentKind: Objective.Kind?
    private let interpolant: I
    private let wanted: Quantities

    init(fields: LearnedFields, wanted: Quantities) {
      interpolant = fields.interpolant
      self.wanted = wanted
      let wantsVelocity = !wanted.isDisjoint(with: [.velocity, .divergence])
      velocity =
        wantsVelocity
        ? fields.field(.velocity).map {
          NetworkEvaluator($0, withDivergence: wanted.contains(.divergence))
        } : nil
      let wantsLatent = !wanted.isDisjoint(with: [.score, .denoiser])
      let field = fields.field(.score) ?? fields.field(.denoiser)
      latent = wantsLatent ? field.map { NetworkEvaluator($0, withDivergence: false) } : nil
      latentKind = field?.kind
    }

    /// Runs the networks of the wanted quantities.
    public func evaluate(time: Double, points: Tensor<Double>, into values: inout FieldValues) {
      if let velocity {
        velocity.run(time: time, points: points)
        if wanted.contains(.velocity) { velocity.writeValue(into: &values.velocity) }
        if wanted.contains(.divergence) { velocity.writeDivergence(into: &values.divergence) }
      }
      if let latent {
        latent.run(time: time, points: points)
        let gamma = interpolant.latent(time).value
        let isScore = latentKind == .score
        if wanted.contains(.score) {
          latent.writeValue(into: &values.score, scaledBy: isScore ? 1 : -1 / gamma)
        }
        if wanted.contains(.denoiser) {
          latent.writeValue(into: &values.denoiser, scaledBy: isScore ? -gamma : 1)
        }
      }
    }
  }
}

/// The memory in which one thread runs one network over blocks.
private final class NetworkEvaluator {
  private let field: LearnedField
  private let program: Program<Float>
  private let workspace: Program<Float>.Workspace
  private let inputs: [Buffer<Float>]
  private let time: Buffer<Float>
  private let points: Buffer<Float>
  private let outputs: [Buffer<Float>]

  init(_ field: LearnedField, withDivergence: Bool) {
    self.field = field
    program = withDivergence ? field.divergence : field.program
    workspace = Program.Workspace(program)
    time = Buffer(zeros: RowBlocks.size)
    points = Buffer(zeros: RowBlocks.size * field.network.dimension)
    inputs = field.parameters.map(\.buffer) + [time, points]
    outputs = program.outputShapes.map { Buffer(zeros: $0.reduce(1, *)) }
  }

  func run(time now: Double, points x: Tensor<Double>) {
    time.fill(Float(now))
    Kernels.convert(x.buffer, into: points)
    program.run(inputs, outputs: outputs, workspace: workspace)
  }

  func writeValue(into result: inout Tensor<Double>, scaledBy factor: Double = 1) {
    let buffer = result.uniqueBuffer
    Kernels.convert(outputs[0], into: buffer)
    if factor != 1 { Kernels.affine(scale: factor, offset: 0, buffer, into: buffer) }
  }

  func writeDivergence(into result: inout Tensor<Double>) {
    Kernels.convert(outputs[1], into: result.uniqueBuffer)
  }
}
