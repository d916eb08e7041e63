import Foundation
import RekindleCore
import Testing

@Suite struct OutputFileTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rekindle-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  @Test func customersAreForTheirOwnerOnly() throws {
    let path = folder.appendingPathComponent("scores.csv").path
    try OutputFile.write(Array("a,b\n".utf8), to: path, for: .owner)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "a,b\n")
  }

  @Test func aFailureLeavesTheOldFileAndNoOther() throws {
    let path = folder.appendingPathComponent("model.json").path
    try OutputFile.write(Array("old".utf8), to: path, for: .everyone)
    #expect(throws: Diagnostic.self) {
      try OutputFile.replace(path, for: .everyone) { (temporary: String) throws(Diagnostic) in
        try OutputFile.write(Array("half".utf8), to: temporary, for: .everyone)
        throw Diagnostic("RK0401", "stopped")
      }
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model.json"])
  }

  @Test func aMissingFolderIsNamed() {
    let path = folder.appendingPathComponent("no/such/scores.csv").path
    let failure = #expect(throws: Diagnostic.self) { try OutputFile.write([1], to: path, for: .owner) }
    #expect(failure?.code == "RK0002")
    #expect(failure?.message.contains(path) == true)
  }

  @Test func aDeviceIsWrittenToAndStaysADevice() throws {
    try OutputFile.write(Array("gone".utf8), to: "/dev/null", for: .owner)
    var status = stat()
    #expect(stat("/dev/null", &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test func aLinkStaysALink() throws {
    let file = folder.appendingPathComponent("real.csv").path
    let link = folder.appendingPathComponent("link.csv").path
    try OutputFile.write(Array("old".utf8), to: file, for: .owner)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
    try OutputFile.write(Array("new".utf8), to: link, for: .owner)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file)
  }

  @Test func aFolderIsNotReplaced() {
    let failure = #expect(throws: Diagnostic.self) {
      try OutputFile.write([1], to: folder.path, for: .owner)
    }
    #expect(failure?.code == "RK0002")
  }
}
