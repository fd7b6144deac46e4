/// The last time in [0, 1] at which a growing function has not passed a value, to the last bit.
///
/// Halved until the two sides are neighbouring numbers.
///
/// - Parameter isReached: true up to some time and false after it; true at t = 0.
/// - Returns: the last time at which it is true.
func lastTime(where isReached: (Double) -> Bool) -> Double {
  if isReached(1) { return 1 }
  var (low, high) = (0.0, 1.0)
  while true {
    let middle = 0.5 * (low + high)
    if middle <= low || middle >= high { return low }
    if isReached(middle) { low = middle } else { high = middle }
  }
}
