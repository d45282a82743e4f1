import Foundation
import Testing

@testable import LoadEngine

@Suite struct KeptFolderTests {
    let prefix = "weir-kept-\(UUID().uuidString)"

    func folder(_ name: String, withLock: Bool) throws -> String {
        let path = "\(FileManager.default.temporaryDirectory.path)/\(prefix)-\(name)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        if withLock { try Data().write(to: URL(fileURLWithPath: "\(path)/.lock")) }
        return path
    }

    @Test func whatAKilledOneLeftIsRemovedAndNothingElse() throws {
        let (left, other) = (try folder("left", withLock: true), try folder("other", withLock: false))
        let link = "\(other)-link"
        let elsewhere = "\(FileManager.default.temporaryDirectory.path)/elsewhere-\(prefix)"
        try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: "\(elsewhere)/.lock"))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: elsewhere)
        let held = try KeptFolder(prefix: prefix)
        #expect(!FileManager.default.fileExists(atPath: left))
        let second = try KeptFolder(prefix: prefix)
        for path in [other, elsewhere, link, held.path, second.path] {
            #expect(FileManager.default.fileExists(atPath: path), "\(path)")
        }
        try held.remove()
        try second.remove()
        #expect(!FileManager.default.fileExists(atPath: held.path))
        for path in [other, link, elsewhere] { try FileManager.default.removeItem(atPath: path) }
    }

    @Test func oneThatIsNoLongerHeldIsRemovedByTheNext() throws {
        var first: KeptFolder? = try KeptFolder(prefix: prefix)
        let path = try #require(first?.path)
        #expect(first != nil)
        first = nil
        let next = try KeptFolder(prefix: prefix)
        #expect(!FileManager.default.fileExists(atPath: path))
        try next.remove()
    }
}
