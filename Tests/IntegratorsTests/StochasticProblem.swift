import Foundation
import Integrators
import Tensors

/// ε(t) = 1 + cos 3t: it varies over a step, so a noise of 2ε(t)h in place of 2∫ε shows.
enum Noise {
  /// 2∫ε between two times.
  static func variance(_ start: Double, _ end: Double) -> Double {
    2 * (end - start + (sin(3 * end) - sin(3 * start)) / 3)
  }

  /// 2ε(t)h at the left end: what a careless method would take.
  static func leftPoint(_ start: Double, _ end: Double) -> Double {
    2 * (1 + cos(3 * start)) * (end - start)
  }

  /// ∫ 2ε(s) e^{k s} ds between two times.
  static func weightedVariance(_ start: Double, _ end: Double, rate k: Double) -> Double {
    func primitive(_ s: Double) -> Double {
      exp(k * s) * (1 / k + (k * cos(3 * s) + 3 * sin(3 * s)) / (k * k + 9))
    }
    return 2 * (primitive(end) - primitive(start))
  }
}

/// All stochastic methods, for parameterised tests.
let stochasticMethods = StochasticMethods.all

/// The places of those with a property.
func placesOfMethods(where isOne: (any StochasticMethod.Type) -> Bool) -> [Int] {
  stochasticMethods.indices.filter { isOne(type(of: stochasticMethods[$0])) }
}

/// Those that estimate their error.
let estimatingMethods = placesOfMethods { !$0.tableau.errors.isEmpty }

/// Those of more than weak order 1, which a noise of 2ε(t)h takes away.
let weakMethods = placesOfMethods { $0.weakOrder >= 2 }

extension Noise {
  /// The same ε, integrated by the library.
  static let additive = AdditiveNoise { 1 + cos(3 * $0) }

  /// How far a mean of 2ε ≤ 4, or of 2ε and a place in [0, 1], is off by Gauss's rule, for which
  /// this ε is a polynomial to rounding: 16 products of a weight, each rounded and added.
  static let rounding = 2 * 16 * 0x1p-53 * 4
}

extension StochasticMethod {
  /// One step with a drift and a given noise, for tests that own the noise.
  func moved(
    _ state: Tensor<Double>,
    from time: Double,
    to end: Double,
    noise: StepNoise,
    drift: (Double, Tensor<Double>) -> Tensor<Double>
  ) -> Tensor<Double> {
    var state = state
    _ = step(&state, from: time, to: end, noise: noise) {
      $2 = drift($0, $1)
      return true
    }
    return state
  }

  /// `solve`, callable on an existential.
  func solution(
    _ dynamics: ClosureDynamics,
    from initial: Tensor<Double>,
    over grid: TimeGrid,
    variance: (Double, Double) -> Double,
    increments: BrownianIncrements,
    saving: [Double] = []
  ) -> Solution {
    var dynamics = dynamics
    return solve(
      &dynamics,
      from: initial,
      over: grid,
      variance: variance,
      increments: increments,
      saving: saving
    )
  }

  /// The solve with ε given, callable on an existential.
  func solution(
    _ dynamics: ClosureDynamics,
    from initial: Tensor<Double>,
    over grid: TimeGrid,
    noise: AdditiveNoise,
    increments: BrownianIncrements
  ) -> Solution {
    var dynamics = dynamics
    return solve(&dynamics, from: initial, over: grid, noise: noise, increments: increments)
  }
}
