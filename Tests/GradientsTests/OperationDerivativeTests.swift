import Gradients
import Tensors
import TestSupport
import Testing

/// Every operation's derivatives, both modes and second order, against central differences.
///
/// Tolerances are those of `CentralDifference`: truncation and rounding of the difference itself.
/// Routes that must agree exactly are compared within roundings of the largest term.
@Suite struct OperationDerivativeTests {
  @Test(arguments: recordedCases) func reverseMode(_ subject: RecordedCase) {
    let derivatives = CaseDerivatives(subject)
    let wanted = CentralDifference.gradient(at: derivatives.point) {
      derivatives.numbers("phi", at: $0)[0]
    }
    let problem = mismatch(derivatives.numbers("gradient"), wanted.values) { wanted.errors[$0] }
    #expect(problem == nil)
  }

  @Test(arguments: recordedCases) func forwardMode(_ subject: RecordedCase) {
    let derivatives = CaseDerivatives(subject)
    let wanted = CentralDifference(at: derivatives.point, along: derivatives.direction) {
      derivatives.numbers("value", at: $0)
    }
    #expect(wanted.mismatch(derivatives.numbers("pushforward")) == nil)
  }

  /// wᵀ(Jv) = (wᵀJ)v: forward and reverse mode are transposes of each other.
  @Test(arguments: recordedCases) func modesAgree(_ subject: RecordedCase) {
    let derivatives = CaseDerivatives(subject)
    let forward = zip(derivatives.numbers("pushforward"), derivatives.weight.elements)
    let reverse = zip(
      derivatives.numbers("pullback"),
      derivatives.direction.flatMap(\.elements)
    )
    let size =
      (forward.map { abs($0 * $1) } + reverse.map { abs($0 * $1) }).reduce(1, +)
    let difference =
      forward.reduce(0) { $0 + $1.0 * $1.1 } - reverse.reduce(0) { $0 + $1.0 * $1.1 }
    // A hundred roundings of the terms.
    #expect(abs(difference) <= 100 * 0x1p-53 * size)
  }

  /// H v by all routes, against the central difference of the gradient along v.
  @Test(arguments: recordedCases) func secondOrder(_ subject: RecordedCase) {
    let derivatives = CaseDerivatives(subject)
    let wanted = CentralDifference(at: derivatives.point, along: derivatives.direction) {
      derivatives.numbers("gradient", at: $0)
    }
    let routes = ["reverse over reverse", "forward over reverse", "reverse over forward"]
      .map { derivatives.numbers($0) }
    let scale = max(1, magnitude(routes[0]), magnitude(derivatives.numbers("gradient")))
    for route in routes {
      #expect(wanted.mismatch(route) == nil)
      // The routes order the same products differently: two hundred roundings of the largest.
      #expect(mismatch(route, routes[0]) { _ in 200 * 0x1p-53 * scale } == nil)
    }
    // vᵀHv, the second derivative along v.
    let along = zip(routes[0], derivatives.direction.flatMap(\.elements))
    let second = along.reduce(0) { $0 + $1.0 * $1.1 }
    let size = along.reduce(scale) { $0 + abs($1.0 * $1.1) }
    let forward = derivatives.numbers("forward over forward")[0]
    #expect(abs(forward - second) <= 200 * 0x1p-53 * size)
  }

  /// The list above, with its derivatives, records every operation there is.
  @Test func everyOperationIsCovered() {
    // A switch without default: a new operation does not compile until it is listed here.
    func name(_ operation: Gradients.Operation) -> String {
      switch operation {
      case .input: "input"
      case .constant: "constant"
      case .fill: "fill"
      case .unary(let kind): "unary \(kind)"
      case .affine: "affine"
      case .binary(let kind): "binary \(kind)"
      case .select: "select"
      case .activation(let kind, _): "activation \(kind)"
      case .activationProduct: "activationProduct"
      case .product(let first, let second): "product \(first) \(second)"
      case .linear: "linear"
      case .sum: "sum"
      case .maximum: "maximum"
      case .broadcast: "broadcast"
      case .reshape: "reshape"
      case .transpose: "transpose"
      case .concatenate: "concatenate"
      case .slice: "slice"
      case .embed: "embed"
      case .gather: "gather"
      case .scatter: "scatter"
      case .detach: "detach"
      }
    }
    let recorded = Set(recordedCases.flatMap { CaseDerivatives($0).operations }.map(name))
    let wanted =
      [
        "input", "constant", "fill", "affine", "select", "activationProduct", "linear", "sum",
        "maximum", "broadcast", "reshape", "transpose", "concatenate", "slice", "embed", "gather",
        "scatter",
      ] + UnaryOperation.allCases.map { "unary \($0)" }
      + BinaryOperation.allCases.map { "binary \($0)" }
      + Activation.allCases.map { "activation \($0)" }
      + [false, true].flatMap { a in [false, true].map { "product \(a) \($0)" } }
    #expect(Set(wanted).subtracting(recorded) == [])
  }
}
