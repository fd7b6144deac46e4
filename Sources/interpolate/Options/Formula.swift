import Foundation

/// A function of t in the usual notation, such as `0.5 * sin(pi * t)^2`.
///
/// Numbers, `t`, `pi`, `+ - * / ^`, brackets, and sin, cos, exp, log, sqrt, abs, min and max.
struct Formula: Sendable {
  private indirect enum Node: Sendable {
    case number(Double)
    case time
    case one(@Sendable (Double) -> Double, Node)
    case two(@Sendable (Double, Double) -> Double, Node, Node)

    func value(_ time: Double) -> Double {
      switch self {
      case .number(let number): number
      case .time: time
      case .one(let function, let node): function(node.value(time))
      case .two(let function, let left, let right): function(left.value(time), right.value(time))
      }
    }
  }

  private let root: Node

  /// Reads a formula; nil with the place where it cannot be read.
  init(_ text: String) throws {
    var parser = Parser(text)
    root = try parser.sum()
    try parser.expectEnd()
  }

  func callAsFunction(_ time: Double) -> Double { root.value(time) }

  struct SyntaxError: Error {
    let position: Int
    let expected: String
  }

  private struct Parser {
    private let characters: [Character]
    private var position = 0
    private var depth = 0

    init(_ text: String) { characters = Array(text) }

    private mutating func skipSpaces() {
      while position < characters.count, characters[position] == " " { position += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
      skipSpaces()
      guard position < characters.count, characters[position] == character else { return false }
      position += 1
      return true
    }

    private func fail(_ expected: String) -> SyntaxError {
      SyntaxError(position: position + 1, expected: expected)
    }

    mutating func expectEnd() throws {
      skipSpaces()
      if position != characters.count { throw fail("the end or an operator") }
    }

    mutating func sum() throws -> Node {
      depth += 1
      defer { depth -= 1 }
      if depth > 50 { throw fail("fewer brackets") }
      var node = try product()
      while true {
        if take("+") {
          node = .two({ $0 + $1 }, node, try product())
        } else if take("-") {
          node = .two({ $0 - $1 }, node, try product())
        } else {
          return node
        }
      }
    }

    private mutating func product() throws -> Node {
      var node = try signed()
      while true {
        if take("*") {
          node = .two({ $0 * $1 }, node, try signed())
        } else if take("/") {
          node = .two({ $0 / $1 }, node, try signed())
        } else {
          return node
        }
      }
    }

    private mutating func signed() throws -> Node {
      var isNegative = false
      while true {
        if take("-") {
          isNegative.toggle()
        } else if !take("+") {
          break
        }
      }
      let node = try power()
      return isNegative ? .one({ -$0 }, node) : node
    }

    private mutating func power() throws -> Node {
      let node = try atom()
      guard take("^") else { return node }
      return .two({ pow($0, $1) }, node, try signed())
    }

    private mutating func atom() throws -> Node {
      if take("(") {
        let node = try sum()
        if !take(")") { throw fail("')'") }
        return node
      }
      skipSpaces()
      let start = position
      while position < characters.count, Self.isNumeral(characters, position) { position += 1 }
      if position > start {
        guard let number = Double(String(characters[start..<position])) else {
          position = start
          throw fail("a number")
        }
        return .number(number)
      }
      while position < characters.count, characters[position].isLetter { position += 1 }
      let name = String(characters[start..<position])
      switch name {
      case "t": return .time
      case "pi": return .number(.pi)
      default: break
      }
      if let function = Self.functions[name] { return .one(function, try argument(name)) }
      if let function = Self.pairs[name] {
        if !take("(") { throw fail("'(' after \(name)") }
        let first = try sum()
        if !take(",") { throw fail("',' in \(name)") }
        let second = try sum()
        if !take(")") { throw fail("')'") }
        return .two(function, first, second)
      }
      position = start
      throw fail("a number, t, pi, a function or '('")
    }

    private mutating func argument(_ name: String) throws -> Node {
      if !take("(") { throw fail("'(' after \(name)") }
      let node = try sum()
      if !take(")") { throw fail("')'") }
      return node
    }

    /// Digits, points, and exponents such as e-3.
    private static func isNumeral(_ characters: [Character], _ position: Int) -> Bool {
      let character = characters[position]
      if character.isWholeNumber || character == "." { return true }
      guard position > 0 else { return false }
      let before = characters[position - 1]
      if character == "e" || character == "E" { return before.isWholeNumber || before == "." }
      let isSign = character == "-" || character == "+"
      return isSign && (before == "e" || before == "E") && position > 1
        && (characters[position - 2].isWholeNumber || characters[position - 2] == ".")
    }

    private static let functions: [String: @Sendable (Double) -> Double] = [
      "sin": { sin($0) }, "cos": { cos($0) }, "exp": { exp($0) }, "log": { log($0) },
      "sqrt": { $0.squareRoot() }, "abs": { $0.magnitude },
    ]
    private static let pairs: [String: @Sendable (Double, Double) -> Double] = [
      "min": { min($0, $1) }, "max": { max($0, $1) },
    ]
  }
}
