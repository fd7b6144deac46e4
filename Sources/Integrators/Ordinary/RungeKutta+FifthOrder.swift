extension RungeKutta {
  /// The method of Dormand and Prince: order 5 with an estimate of order 4, six evaluations; dense
  /// output of order 4.
  ///
  /// Dormand, Prince: A Family of Embedded Runge–Kutta Formulae. J. Comp. Appl. Math. 6 (1980).
  /// The dense output is Shampine's, in Hairer, Nørsett, Wanner: Solving Ordinary Differential
  /// Equations I, II.6.
  public static let dormandPrince: RungeKutta = {
    let weights = [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84]
    let correction = [
      -12_715_105_075.0 / 11_282_082_432, 0, 87_487_479_700.0 / 32_700_410_799,
      -10_690_763_975.0 / 1_880_347_072, 701_980_252_875.0 / 199_316_789_632,
      -1_453_857_185.0 / 822_651_844, 69_997_945.0 / 29_380_423,
    ]
    return RungeKutta(
      name: "Dormand-Prince 5(4)",
      order: 5,
      nodes: [0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1],
      stages: [
        [],
        [1.0 / 5],
        [3.0 / 40, 9.0 / 40],
        [44.0 / 45, -56.0 / 15, 32.0 / 9],
        [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
        [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656],
      ],
      weights: weights,
      error: ErrorEstimate(
        weights: [
          71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339_200, 22.0 / 525,
          -1.0 / 40,
        ],
        order: 5
      ),
      dense: .nested(weights: weights, corrections: [correction], order: 4)
    )
  }()

  /// The method of Tsitouras: order 5 with an estimate of order 4, six evaluations; dense output of
  /// order 4.
  ///
  /// Tsitouras: Runge–Kutta Pairs of Order 5(4) Satisfying Only the First Column Simplifying
  /// Assumption. Comput. Math. Appl. 62 (2011).
  public static let tsitouras = RungeKutta(
    name: "Tsitouras 5(4)",
    order: 5,
    nodes: [0, 0.161, 0.327, 0.9, 0.9800255409045097, 1],
    stages: [
      [],
      [0.161],
      [-0.008480655492356989, 0.335480655492357],
      [2.8971530571054935, -6.359448489975075, 4.3622954328695815],
      [5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525],
      [
        5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401,
        -0.028269050394068383,
      ],
    ],
    weights: [
      0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081,
      2.324710524099774,
    ],
    error: ErrorEstimate(
      weights: [
        -0.00178001105222577714, -0.0008164344596567469, 0.007880878010261995,
        -0.1447110071732629, 0.5823571654525552, -0.45808210592918697, 1.0 / 66,
      ],
      order: 5
    ),
    dense: tsitourasDense
  )

  /// The polynomials of the article, each multiplied out from its factors: a leading coefficient,
  /// two roots or a quadratic, and θ or θ².
  private static let tsitourasDense: DenseOutput = {
    /// lead · (θ² + pθ + q)(θ² + uθ + v), without its constant term where v = 0.
    func product(
      _ lead: Double,
      _ p: Double,
      _ q: Double,
      _ u: Double = 0,
      _ v: Double = 0
    ) -> [Double] {
      [lead * (p * v + q * u), lead * (v + p * u + q), lead * (p + u), lead]
    }
    let root = 1.3299890189751412
    return DenseOutput(
      polynomials: [
        // θ(θ − r)(θ² + uθ + v): p = −r, q = 0, and the term of θ⁰ is 0.
        product(-1.0530884977290216, -root, 0, -1.4364028541716351, 0.7139816917074209),
        product(0.1017, -2.1966568338249754, 1.2949852507374631),
        product(2.490627285651252793, -2.38535645472061657, 1.57803468208092486),
        product(
          -16.54810288924490272,
          -1.21712927295533244 - 0.61620406037800089,
          1.21712927295533244 * 0.61620406037800089
        ),
        product(
          47.37952196281928122,
          -1.203071208372362603 - 0.658047292653547382,
          1.203071208372362603 * 0.658047292653547382
        ),
        product(-34.87065786149660974, -1.2 - 2.0 / 3, 1.2 * 2.0 / 3),
        product(2.5, -1.6, 0.6),
      ],
      order: 4
    )
  }()
}
