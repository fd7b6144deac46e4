internal import Foundation

/// Whole files in and out, with reasons in one line.
enum Files {
  /// Puts bytes into a file under a temporary name and renames it to `path`.
  static func replace(_ path: String, with bytes: [UInt8]) throws(FigureError) {
    // A link stays a link: what it points to is replaced.
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    let attributes = try? FileManager.default.attributesOfItem(atPath: target.path)
    // A rename would put a file in the place of a device.
    if let kind = attributes?[.type] as? FileAttributeType, kind != .typeRegular {
      throw .cannotWrite(
        path: path,
        reason: kind == .typeDirectory ? "it is a directory" : "it is not a file"
      )
    }
    do {
      // `.atomic` is that rename; it removes the temporary file when it fails.
      try Data(bytes).write(to: target, options: .atomic)
    } catch {
      throw .cannotWrite(path: path, reason: reason(error))
    }
  }

  /// The first bytes of a file, at most `count`.
  static func head(of path: String, count: Int) throws(FigureError) -> [UInt8] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw .cannotRead(path: path, reason: "there is no such file")
    }
    guard !isDirectory.boolValue else {
      throw .cannotRead(path: path, reason: "it is a directory")
    }
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      return try Array(handle.read(upToCount: count) ?? Data())
    } catch {
      throw .cannotRead(path: path, reason: reason(error))
    }
  }

  /// All bytes of a file.
  static func contents(of path: String) throws(FigureError) -> [UInt8] {
    do {
      return try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw .cannotRead(path: path, reason: reason(error))
    }
  }

  /// What the system said, rather than Foundation's paraphrase of it.
  private static func reason(_ error: any Error) -> String {
    let error = error as NSError
    let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
    switch (underlying.domain, underlying.code) {
    case (NSPOSIXErrorDomain, Int(ENOENT)), (NSCocoaErrorDomain, 4):
      return "there is no such directory"
    case (NSPOSIXErrorDomain, Int(EACCES)), (NSCocoaErrorDomain, 513), (NSCocoaErrorDomain, 257):
      return "permission denied"
    case (NSPOSIXErrorDomain, Int(ENOSPC)), (NSCocoaErrorDomain, 640):
      return "no space left on the device"
    default:
      return underlying.localizedDescription
    }
  }
}
