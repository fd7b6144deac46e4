import CKernels
import Testing

/// The bits of an element must not depend on where it stands: whether the vector body or the scalar
/// tail computes it, on alignment, on the length, or on the output being the input.
@Suite struct PositionTests {
  @Test(arguments: Level.all, Elementwise.all)
  func elementwise(level: Level, function: Elementwise) {
    check(level, function, Float.self)
    check(level, function, Double.self)
  }

  private func check<T: KernelScalar>(_ level: Level, _ function: Elementwise, _: T.Type) {
    var random = SplitMix(state: 4)
    var x = random.values(600, in: -20...20, as: T.self)
    x += (0..<100).map { _ in T.pattern(random.next()) }
    let whole = T.apply(function, level.table, x)
    for (start, count) in [(1, 1), (3, 17), (5, 64), (250, 255), (7, 693), (699, 1)] {
      let part = T.apply(function, level.table, Array(x[start..<start + count]))
      #expect(zip(part, whole[start...]).allSatisfy { T.same($0, $1) })
      // The same elements at another alignment, in place.
      var place = x
      place.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        T.apply(function, level.table, count, base + start, base + start)
      }
      #expect(
        zip(place[start..<start + count], whole[start...]).allSatisfy { T.same($0, $1) }
      )
      // Nothing outside was written.
      #expect(zip(place[..<start], x).allSatisfy { T.same($0, $1) })
      #expect(zip(place[(start + count)...], x[(start + count)...]).allSatisfy { T.same($0, $1) })
    }
  }

  @Test(arguments: Level.all)
  func updates(level: Level) throws {
    try updates(level, Float.self)
    try updates(level, Double.self)
  }

  private func updates<T: KernelScalar>(_ level: Level, _: T.Type) throws {
    let kernels = T.kernels(level.table)
    let affine = try #require(kernels.affine)
    let axpy = try #require(kernels.axpy)
    let lerp = try #require(kernels.lerp)
    let adam = try #require(kernels.adam)
    let sgd = try #require(kernels.sgd)
    var c = ck_adam(
      gradient_scale: 0.3,
      l2: 0.01,
      beta1: 0.9,
      beta2: 0.999,
      decay: 1e-3,
      step: 0.1,
      inverse_root_correction2: 1.7,
      epsilon: 1e-8
    )
    var s = ck_sgd(
      gradient_scale: 0.3,
      l2: 0.01,
      momentum: 0.9,
      dampening: 0.2,
      rate: 0.1,
      nesterov: 1
    )
    // Each writes to y; the third array is a second state.
    let kinds: [(Int, UnsafePointer<T>, UnsafeMutablePointer<T>, UnsafeMutablePointer<T>) -> Void] =
      [
        { n, x, y, _ in affine(n, 1.1, 0.3, x, y) },
        { n, x, y, _ in axpy(n, 1.1, x, y) },
        { n, x, y, _ in lerp(n, 0.3, x, y) },
        { n, x, y, z in adam(n, &c, x, y, z, z + 300) },
        { n, x, y, z in sgd(n, &s, x, y, z) },
      ]
    var random = SplitMix(state: 5)
    let x = random.values(300, in: -2...2, as: T.self)
    let y = random.values(300, in: -2...2, as: T.self)
    let z = random.values(600, in: 0...2, as: T.self)
    for kind in kinds {
      var whole = y
      var state = z
      kind(300, x, &whole, &state)
      for (start, count) in [(1, 1), (3, 37), (5, 290)] {
        var part = y
        var partState = z
        x.withUnsafeBufferPointer { x in
          part.withUnsafeMutableBufferPointer { part in
            partState.withUnsafeMutableBufferPointer { state in
              guard let x = x.baseAddress, let y = part.baseAddress, let z = state.baseAddress
              else { return }
              kind(count, x + start, y + start, z + start)
            }
          }
        }
        #expect(
          zip(part[start..<start + count], whole[start...]).allSatisfy { T.same($0, $1) }
        )
        #expect(
          zip(partState[start..<start + count], state[start...]).allSatisfy { T.same($0, $1) }
        )
      }
    }
  }
}
