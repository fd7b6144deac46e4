extension Malformed {
  /// Inputs that are no safetensors files.
  static let safetensors: [Malformed] = [
    Malformed("no bytes", [], .empty),
    Malformed("half of the length", [16, 0, 0, 0], .truncated(4, needs: 10)),
    Malformed("a length alone", [2, 0, 0, 0, 0, 0, 0, 0], .truncated(8, needs: 10)),
    Malformed(
      "a zip archive",
      [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 0, 0, 0, 0],
      .format("it looks like a zip archive, such as .npz or PyTorch's")
    ),
    Malformed("a .npy file", npyFile(header(), body: 48), .format("it looks like a .npy file")),
    Malformed(
      "a header above 100 MB",
      [1, 0xE1, 0xF5, 5, 0, 0, 0, 0] + "{}".utf8,
      .headerTooLarge(100000001)
    ),
    Malformed(
      "a header of 2⁶⁴ − 1 bytes",
      [UInt8](repeating: 0xFF, count: 8) + "{}".utf8,
      .headerTooLarge(9223372036854775807)
    ),
    Malformed(
      "a header beyond the end",
      [60, 0, 0, 0, 0, 0, 0, 0] + "{}".utf8,
      .truncated(10, needs: 68)
    ),
    Malformed(
      "a header that is not UTF-8",
      [4, 0, 0, 0, 0, 0, 0, 0] + "{\"".utf8 + [0xFF, 0x22],
      .header("it is not UTF-8 text")
    ),
    Malformed(
      "a header of no bytes",
      [0, 0, 0, 0, 0, 0, 0, 0] + "{}".utf8,
      .header("expected '{' at byte 0, found its end")
    ),
    Malformed(
      "data too short",
      safetensorsFile(object(entry("a")), body: 7),
      .truncated(69, needs: 70)
    ),
    Malformed(
      "data too long",
      safetensorsFile(object(entry("a")), body: 9),
      .trailing(71, described: 70)
    ),
    Malformed(
      "data without a tensor",
      safetensorsFile("{}", body: 4),
      .trailing(14, described: 10)
    ),
    Malformed(
      "an end far beyond the file",
      safetensorsFile(
        object(entry("a", shape: "[1000000000000]", offsets: "[0,4000000000000]")),
        body: 8
      ),
      .truncated(94, needs: 4000000000086)
    ),
    Malformed(
      "overlapping tensors",
      safetensorsFile(object(entry("a"), entry("b", offsets: "[4,12]")), body: 12),
      .header("'b' begins at byte 4 of the data, inside 'a', which ends at 8")
    ),
    Malformed(
      "two tensors in one place",
      safetensorsFile(object(entry("a"), entry("b")), body: 8),
      .header("'b' begins at byte 0 of the data, inside 'a', which ends at 8")
    ),
    Malformed(
      "a hole at the beginning",
      safetensorsFile(object(entry("a", offsets: "[4,12]")), body: 12),
      .header("between the header and 'a' the bytes 0..<4 belong to no tensor")
    ),
    Malformed(
      "a hole between tensors",
      safetensorsFile(object(entry("a"), entry("b", offsets: "[12,20]")), body: 20),
      .header("between 'a' and 'b' the bytes 8..<12 belong to no tensor")
    ),
    Malformed(
      "an end before the beginning",
      safetensorsFile(object(entry("a", offsets: "[8,0]")), body: 8),
      .header(
        "'a' has the offsets [8, 0]; they must be a beginning and an end that is not before it"
      )
    ),
    Malformed(
      "one offset",
      safetensorsFile(object(entry("a", offsets: "[8]")), body: 8),
      .header("'a' has the offsets [8]; they must be a beginning and an end that is not before it")
    ),
    Malformed(
      "three offsets",
      safetensorsFile(object(entry("a", offsets: "[0,8,8]")), body: 8),
      .header(
        "'a' has the offsets [0, 8, 8]; they must be a beginning and an end that is not before it"
      )
    ),
    Malformed(
      "a negative offset",
      safetensorsFile(object(entry("a", offsets: "[-8,0]")), body: 8),
      .header("an offset at byte 48 is negative; it must be 0 or more")
    ),
    Malformed(
      "an offset beyond 64 bits",
      safetensorsFile(object(entry("a", offsets: "[0,18446744073709551616]")), body: 8),
      .header("an offset at byte 50 is larger than 2⁶³ − 1")
    ),
    Malformed(
      "a wrong count of bytes",
      safetensorsFile(object(entry("a", shape: "[3]")), body: 8),
      .header("'a' has 8 bytes, but the shape [3] of F32 takes 12")
    ),
    Malformed(
      "a wrong width",
      safetensorsFile(object(entry("a", type: "F64")), body: 8),
      .header("'a' has 8 bytes, but the shape [2] of F64 takes 16")
    ),
    Malformed(
      "a product beyond 64 bits",
      safetensorsFile(object(entry("a", shape: "[4294967296,4294967296]")), body: 8),
      .header("'a' has the shape [4294967296, 4294967296], which takes more than 2⁶³ bytes")
    ),
    Malformed(
      "an unknown type",
      safetensorsFile(object(entry("a", type: "F8_E4M3", shape: "[8]")), body: 8),
      .header(
        "'a' has the type 'F8_E4M3'; supported: F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL"
      )
    ),
    Malformed(
      "complex numbers",
      safetensorsFile(object(entry("a", type: "C64", shape: "[1]")), body: 8),
      .header(
        "'a' has the type 'C64'; supported: F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL"
      )
    ),
    Malformed(
      "a negative axis",
      safetensorsFile(object(entry("a", shape: "[-2]")), body: 8),
      .header("an axis length at byte 29 is negative; it must be 0 or more")
    ),
    Malformed(
      "a fraction for an axis",
      safetensorsFile(object(entry("a", shape: "[2.0]")), body: 8),
      .header("expected ',' or ']' at byte 30, found '.'")
    ),
    Malformed(
      "an exponent for an axis",
      safetensorsFile(object(entry("a", shape: "[2e0]")), body: 8),
      .header("expected ',' or ']' at byte 30, found 'e'")
    ),
    Malformed(
      "too many axes",
      safetensorsFile(
        object(entry("a", shape: "[" + String(repeating: "1,", count: 64) + "1]")),
        body: 8
      ),
      .header("a list has more than 64 entries")
    ),
    Malformed(
      "a comma at the end of a list",
      safetensorsFile(object(entry("a", shape: "[2,]")), body: 8),
      .header("a list ends in a comma before byte 32")
    ),
    Malformed(
      "a comma at the end of an object",
      safetensorsFile("{" + entry("a") + ",}", body: 8),
      .header("expected a key in quotation marks at byte 54, found '}'")
    ),
    Malformed(
      "a name twice",
      safetensorsFile(object(entry("a"), entry("a", offsets: "[8,16]")), body: 16),
      .header("the tensor 'a' stands there twice")
    ),
    Malformed(
      "a key twice",
      safetensorsFile(
        #"{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        body: 8
      ),
      .header("'a' has the key 'dtype' twice")
    ),
    Malformed(
      "metadata twice",
      safetensorsFile(#"{"__metadata__":{},"__metadata__":{},"# + entry("a") + "}", body: 8),
      .header("'__metadata__' stands there twice")
    ),
    Malformed(
      "a metadata key twice",
      safetensorsFile(#"{"__metadata__":{"k":"1","k":"2"},"# + entry("a") + "}", body: 8),
      .header("the metadata hold 'k' twice")
    ),
    Malformed(
      "a number in the metadata",
      safetensorsFile(#"{"__metadata__":{"k":1},"# + entry("a") + "}", body: 8),
      .header("expected a text at byte 21, found '1'")
    ),
    Malformed(
      "no type",
      safetensorsFile(#"{"a":{"shape":[2],"data_offsets":[0,8]}}"#, body: 8),
      .header("'a' has no 'dtype'")
    ),
    Malformed(
      "no shape",
      safetensorsFile(#"{"a":{"dtype":"F32","data_offsets":[0,8]}}"#, body: 8),
      .header("'a' has no 'shape'")
    ),
    Malformed(
      "no offsets",
      safetensorsFile(#"{"a":{"dtype":"F32","shape":[2]}}"#, body: 8),
      .header("'a' has no 'data_offsets'")
    ),
    Malformed(
      "an unknown key",
      safetensorsFile(
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"sparse":true}}"#,
        body: 8
      ),
      .header("'a' has the key 'sparse', which is none of 'dtype', 'shape' and 'data_offsets'")
    ),
    Malformed(
      "a list for a tensor",
      safetensorsFile(#"{"a":[2]}"#, body: 8),
      .header("expected '{' at byte 5, found '['")
    ),
    Malformed(
      "text after the object",
      safetensorsFile("{" + entry("a") + "}x", body: 8),
      .header("expected the end of the header at byte 54, found 'x'")
    ),
    Malformed(
      "an unclosed object",
      safetensorsFile("{" + entry("a"), body: 8),
      .header("expected ',' or '}' at byte 53, found its end")
    ),
    Malformed(
      "an unclosed name",
      safetensorsFile(#"{"a"#, body: 8),
      .header("expected the closing quotation mark at byte 3, found its end")
    ),
    Malformed(
      "an unknown escape",
      safetensorsFile(#"{"\q":1}"#, body: 8),
      .header("an unknown escape before byte 4")
    ),
    Malformed(
      "a lone surrogate",
      safetensorsFile(#"{"\ud800x":1}"#, body: 8),
      .header("a lone surrogate before byte 9")
    ),
    Malformed(
      "a short escape",
      safetensorsFile(#"{"\u12":1}"#, body: 8),
      .header("four hexadecimal digits expected before byte 7")
    ),
    Malformed(
      "a line end in a name",
      safetensorsFile("{\"a\nb\":1}"),
      .header("expected a character of a string at byte 3, found the byte 0xa")
    ),
    Malformed(
      "deep nesting",
      safetensorsFile(String(repeating: #"{"a":"#, count: 10_000), body: 8),
      .header("'a' has the key 'a', which is none of 'dtype', 'shape' and 'data_offsets'")
    ),
  ]

  /// A member of the header of which one part may be odd.
  private static func entry(
    _ name: String,
    type: String = "F32",
    shape: String = "[2]",
    offsets: String = "[0,8]"
  ) -> String {
    #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}"#
  }

  private static func object(_ members: String...) -> String {
    "{\(members.joined(separator: ","))}"
  }
}
