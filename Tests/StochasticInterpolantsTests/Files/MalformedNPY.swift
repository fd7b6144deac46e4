extension Malformed {
  /// Inputs that are no .npy files.
  static let npy: [Malformed] = [
    Malformed("no bytes", [], .empty),
    Malformed("half of the magic", [0x93, 0x4E, 0x55], .truncated(3, needs: 10)),
    Malformed("magic alone", [0x93] + "NUMPY".utf8, .truncated(6, needs: 10)),
    Malformed(
      "no header length in version 2",
      [0x93] + "NUMPY".utf8 + [2, 0, 16, 0],
      .truncated(10, needs: 12)
    ),
    Malformed(
      "a zip archive",
      [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 0, 0, 0, 0],
      .format("it looks like a zip archive, such as .npz or PyTorch's")
    ),
    Malformed("a pickle", [0x80, 4, 0x95, 0, 0, 0], .format("it looks like a Python pickle")),
    Malformed(
      "a text",
      [UInt8]("x,y\n1,2\n3,4\n".utf8),
      .format(#"it begins with the text 'x,y\u{a}1,2\u{a}'"#)
    ),
    Malformed("other bytes", [0, 1, 2, 3], .format("it begins with the bytes 00 01 02 03")),
    Malformed(
      "version 4",
      npyFile(header(), body: 48, version: [4, 0]),
      .format("its version is 4.0; versions 1.0, 2.0 and 3.0 are read")
    ),
    Malformed(
      "version 1.7",
      npyFile(header(), body: 48, version: [1, 7]),
      .format("its version is 1.7; versions 1.0, 2.0 and 3.0 are read")
    ),
    Malformed(
      "a header beyond the end",
      Array(npyFile(header(), body: 48).prefix(40)),
      .truncated(40, needs: 69)
    ),
    Malformed(
      "a header of 4 GB",
      [0x93] + "NUMPY".utf8 + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x7B],
      .headerTooLarge(4294967295)
    ),
    Malformed("a body too short", npyFile(header(), body: 47), .truncated(116, needs: 117)),
    Malformed("no body", npyFile(header()), .truncated(69, needs: 117)),
    Malformed("a body too long", npyFile(header(), body: 49), .trailing(118, described: 117)),
    Malformed(
      "a negative length",
      npyFile(header(shape: "(2, -3)"), body: 48),
      .header("an axis length at byte 54 is negative; it must be 0 or more")
    ),
    Malformed(
      "a length beyond 64 bits",
      npyFile(header(shape: "(99999999999999999999, 1)"), body: 48),
      .header("an axis length at byte 51 is larger than 2⁶³ − 1")
    ),
    Malformed(
      "a product beyond 64 bits",
      npyFile(header(shape: "(4294967296, 4294967296)"), body: 48),
      .header("the shape [4294967296, 4294967296] takes more than 2⁶³ bytes")
    ),
    Malformed(
      "an overflow hidden by a zero",
      npyFile(header(shape: "(4294967296, 0, 4294967296)")),
      .header("the shape [4294967296, 0, 4294967296] takes more than 2⁶³ bytes")
    ),
    Malformed(
      "a lying shape",
      npyFile(header(shape: "(100000000000, 2)"), body: 48),
      .truncated(128, needs: 1600000000080)
    ),
    Malformed(
      "a shape of too many axes",
      npyFile(header(shape: "(" + String(repeating: "1, ", count: 65) + ")"), body: 8),
      .header("a list has more than 64 entries")
    ),
    Malformed(
      "a number for a shape",
      npyFile(header(shape: "6"), body: 48),
      .header("expected '(' at byte 50, found '6'")
    ),
    Malformed(
      "brackets that are no tuple",
      npyFile(header(shape: "(6)"), body: 48),
      .header("the shape (6) is no tuple; (6,) would be one axis")
    ),
    Malformed(
      "a list for a shape",
      npyFile(header(shape: "[2, 3]"), body: 48),
      .header("expected '(' at byte 50, found '['")
    ),
    Malformed(
      "a fraction in the shape",
      npyFile(header(shape: "(2, 3.0)"), body: 48),
      .header("expected ',' or ')' at byte 55, found '.'")
    ),
    Malformed(
      "an expression in the shape",
      npyFile(header(shape: "(2, 1+2)"), body: 48),
      .header("expected ',' or ')' at byte 55, found '+'")
    ),
    Malformed(
      "leading zeros",
      npyFile(header(shape: "(02, 3)"), body: 48),
      .header("an axis length at byte 51 begins with 0")
    ),
    Malformed(
      "a name in the shape",
      npyFile(header(shape: "(n, 3)"), body: 48),
      .header("expected an axis length (a whole number) at byte 51, found 'n'")
    ),
    Malformed(
      "an unclosed tuple",
      npyFile("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3", body: 48),
      .header("expected ',' or ')' at byte 55, found its end")
    ),
    Malformed(
      "two commas",
      npyFile(header(shape: "(2,, 3)"), body: 48),
      .header("expected an axis length (a whole number) at byte 53, found ','")
    ),
    Malformed("complex numbers", npyFile(header(type: "'<c16'"), body: 96), .type("<c16")),
    Malformed("text elements", npyFile(header(type: "'<U4'"), body: 96), .type("<U4")),
    Malformed("objects", npyFile(header(type: "'|O'"), body: 48), .type("|O")),
    Malformed("long doubles", npyFile(header(type: "'<f16'"), body: 96), .type("<f16")),
    Malformed("dates", npyFile(header(type: "'<M8[ns]'"), body: 48), .type("<M8[ns]")),
    Malformed("no byte order", npyFile(header(type: "'f8'"), body: 48), .type("f8")),
    Malformed(
      "a byte order that says nothing",
      npyFile(header(type: "'|f8'"), body: 48),
      .type("|f8")
    ),
    Malformed("an empty type", npyFile(header(type: "''"), body: 48), .type("")),
    Malformed(
      "records",
      npyFile(header(type: "[('x', '<f8'), ('n', '<i4')]"), body: 48),
      .type("[('x', '<f8'), ('n', '<i4')]")
    ),
    Malformed(
      "a number for a type",
      npyFile(header(type: "8"), body: 48),
      .header("expected an element type in quotation marks at byte 10, found '8'")
    ),
    Malformed(
      "a type with an escape",
      npyFile(header(type: "'\\x3cf8'"), body: 48),
      .header(#"expected a plain character at byte 11, found '\'"#)
    ),
    Malformed(
      "a type with a line end",
      npyFile(header(type: "'<f8\n'"), body: 48),
      .header("expected a plain character at byte 14, found the byte 0xa")
    ),
    Malformed(
      "a number for a truth value",
      npyFile(header(order: "0"), body: 48),
      .header("expected True or False at byte 34, found '0'")
    ),
    Malformed(
      "a truth value in small letters",
      npyFile(header(order: "true"), body: 48),
      .header("expected True or False at byte 34, found 't'")
    ),
    Malformed(
      "no shape",
      npyFile("{'descr': '<f8', 'fortran_order': False, }", body: 48),
      .header("the key 'shape' is missing")
    ),
    Malformed(
      "no type",
      npyFile("{'fortran_order': False, 'shape': (2, 3)}", body: 48),
      .header("the key 'descr' is missing")
    ),
    Malformed(
      "no order",
      npyFile("{'descr': '<f8', 'shape': (2, 3)}", body: 48),
      .header("the key 'fortran_order' is missing")
    ),
    Malformed(
      "a key twice",
      npyFile(
        "{'descr': '<f8', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}",
        body: 48
      ),
      .header("the key 'descr' stands there twice")
    ),
    Malformed(
      "an unknown key",
      npyFile("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), 'order': 'C'}", body: 48),
      .header("the key 'order' is none of 'descr', 'fortran_order' and 'shape'")
    ),
    Malformed(
      "an empty dictionary",
      npyFile("{}", body: 48),
      .header("the key 'descr' is missing")
    ),
    Malformed(
      "an empty header",
      npyFile("", body: 8),
      .header("expected '{' at byte 0, found its end")
    ),
    Malformed(
      "no dictionary",
      npyFile("('<f8', False, (2, 3))", body: 48),
      .header("expected '{' at byte 0, found '('")
    ),
    Malformed(
      "text after the dictionary",
      npyFile(header() + " import os", body: 48),
      .header("expected the end of the header at byte 60, found 'i'")
    ),
    Malformed(
      "a NUL in the header",
      npyFile("{'descr': '<f8',\0 'fortran_order': False, 'shape': (2, 3), }", body: 48),
      .header("expected a key in quotation marks at byte 16, found a NUL byte")
    ),
    Malformed(
      "bytes that are no text",
      Array(npyFile("{'descr': '<").dropLast(3)) + [0xFF, 0xFE, 0xC0],
      .header("expected an element type in quotation marks at byte 9, found the byte 0xff")
    ),
    Malformed(
      "an unclosed string",
      npyFile("{'descr", body: 48),
      .header("expected the closing quotation mark at byte 7, found its end")
    ),
    Malformed(
      "a missing colon",
      npyFile("{'descr' '<f8'}", body: 48),
      .header("expected ':' at byte 9, found '''")
    ),
    Malformed(
      "a missing comma",
      npyFile("{'descr': '<f8' 'shape': (2, 3)}", body: 48),
      .header("expected ',' or '}' at byte 16, found '''")
    ),
    Malformed(
      "a JSON header",
      npyFile("{\"descr\": \"<f8\", \"fortran_order\": false, \"shape\": [2, 3]}", body: 48),
      .header("expected True or False at byte 34, found 'f'")
    ),
  ]

  /// A header of which one part may be odd; the array has six elements.
  static func header(
    type: String = "'<f8'",
    order: String = "False",
    shape: String = "(2, 3)"
  ) -> String {
    "{'descr': \(type), 'fortran_order': \(order), 'shape': \(shape), }"
  }
}
