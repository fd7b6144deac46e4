import Integrators
import StochasticInterpolants

/// Which methods run on which problems with which ε.
enum Grid {
  /// Evaluations a sample.
  static let budgets = [10, 20, 50, 100, 500]

  /// The method and ε to recommend for ten evaluations, tuned on the first problem.
  static let tuned = Series(.usual, .constant(1.75), .leaning)

  /// The named slice, or all of it.
  static func studies(isFull: Bool) throws -> [Study] {
    isFull ? try wholeGrid() : try slice()
  }

  private static func slice() throws -> [Study] {
    let count = 100_000
    let few = [Series(.usual, .constant(1)).long, Series(.usual, .constant(2)), tuned]
    let others = [
      Series(.flow(.heun)), Series(.flow(.rk4)).long,
      Series(.noisy(EulerMaruyama()), .constant(1)).long,
      Series(.noisy(StochasticHeun()), .constant(1)), Series(.noisy(ShARK()), .constant(1)),
    ]
    var studies = [
      Study(
        problem: try .paper(),
        series: Method.flows.map { Series($0).long } + noisy([0.5, 1, 2])
          + shaped(Design.linear) + [tuned],
        budgets: budgets,
        count: count
      ),
      Study(
        problem: try .oneSidedPaper(),
        series: others + few + oneSided,
        budgets: budgets,
        count: count
      ),
    ]
    studies += try Problem.unseen().map { problem in
      Study(problem: problem, series: others + few, budgets: budgets, count: count)
    }
    studies += try [(2, 20_000), (128, 4_000)].map { dimension, count in
      Study(
        problem: try .fiveModes(dimension: dimension),
        series: [Series(.flow(.heun)), Series(.flow(.rk4))]
          + [
            Series(.noisy(EulerMaruyama()), .constant(1)),
            Series(.noisy(StochasticHeun()), .constant(1)),
          ] + few,
        budgets: dimension == 2 ? [10, 20, 50, 100] : [10, 20, 50],
        count: count
      )
    }
    return studies
  }

  /// Every method × ε on every problem; on the first with more of both and with 500 evaluations.
  private static func wholeGrid() throws -> [Study] {
    let flows = RungeKutta.all.map { Series(.flow($0)) }
    let usual = flows + noisy([0.5, 1, 2]) + [tuned]
    var studies = [
      Study(
        problem: try .paper(),
        series: flows.map(\.long) + noisy([0.25, 0.5, 1, 1.5, 2, 4]) + [tuned]
          + shaped(Design.linear) + [.cosine, .leaning].map { Series(.usual, .constant(1), $0) },
        budgets: budgets,
        count: 200_000
      )
    ]
    let few = budgets.filter { $0 <= 100 }
    studies += try Design.others.map { design in
      Study(
        problem: try .paper(design),
        series: usual + shaped(design),
        budgets: few,
        count: 100_000
      )
    }
    studies.append(
      Study(
        problem: try .oneSidedPaper(),
        series: usual + oneSided,
        budgets: few,
        count: 100_000
      )
    )
    studies += try Problem.unseen().map { problem in
      Study(
        problem: problem,
        series: usual + shaped(problem.design),
        budgets: few,
        count: 100_000
      )
    }
    studies += try [(2, 50_000), (128, 4_000)].map { dimension, count in
      Study(
        problem: try .fiveModes(dimension: dimension),
        series: usual,
        budgets: few,
        count: count
      )
    }
    return studies
  }

  /// Every method for SDEs with every ε.
  private static func noisy(_ diffusions: [Double]) -> [Series] {
    diffusions.flatMap { value in
      Method.stochastic.map { method in
        let series = Series(method, .constant(value))
        return value == 1 ? series.long : series
      }
    }
  }

  /// ε that varies, with the usual method.
  private static func shaped(_ design: Design) -> [Series] {
    [.latent(of: design.interpolant), .bump, .falling].map { Series(.usual, $0) }
  }

  /// What a one-sided interpolant has besides.
  private static let oneSided = [
    Series(.iteratedDenoiser(LinearSchedule())), Series(.usual, .klOptimal),
    Series(.usual, .latent(of: Design.oneSidedLinear.interpolant)),
  ]
}
