/// JSON in the order in which it is given.
enum JSONText {
  indirect enum Value {
    case number(Double)
    case integer(Int)
    case text(String)
    case flag(Bool)
    case list([Value])
    case object([(String, Value)])

    var text: String {
      switch self {
      // JSON has no infinities.
      case .number(let number): number.isFinite ? "\(number)" : "null"
      case .integer(let number): "\(number)"
      case .text(let text): JSONText.quoted(text)
      case .flag(let flag): flag ? "true" : "false"
      case .list(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
      case .object(let members): JSONText.object(members)
      }
    }
  }

  static func object(_ members: [(String, Value)]) -> String {
    "{" + members.map { "\(quoted($0.0)): \($0.1.text)" }.joined(separator: ", ") + "}"
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
