import Bytes
import KafkaProtocol
import Testing

@testable import KafkaBroker

@Suite struct JournalTests {
    private func open(_ path: String, _ lines: Lines = Lines()) throws -> (Journal, [String]) {
        var found: [String] = []
        let journal = try Journal(path: path, log: lines.add) { (reader) throws(WireError) in
            found.append(try reader.readText())
        }
        return (journal, found)
    }

    private func append(_ journal: Journal, _ texts: String...) throws {
        try journal.append { add in
            for text in texts { add { $0.appendText(text) } }
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try DataFile(path: path, create: true)
        try file.truncate(to: 0)
        try file.append(ByteBuffer(bytes), 0..<bytes.count, at: 0)
    }

    @Test func keepsWhatWasAppended() throws {
        try withFolder { folder in
            let path = folder + "/j"
            let (journal, nothing) = try open(path)
            #expect(nothing.isEmpty)
            try append(journal, "one", "two")
            try append(journal, "three")
            let (again, found) = try open(path)
            #expect(found == ["one", "two", "three"])
            #expect(again.entryCount == 3)
            try append(again, "four")
            #expect(try open(path).1 == ["one", "two", "three", "four"])
        }
    }

    /// A write can be cut anywhere by kill -9 or a full disk; what was there before it must stand.
    @Test func dropsATornWriteWhereverItIsCut() throws {
        try withFolder { folder in
            let path = folder + "/j"
            let (journal, _) = try open(path)
            try append(journal, "kept")
            let kept = journal.byteCount
            try append(journal, "lost")
            let whole = try content(of: path)
            for cut in kept..<whole.count {
                try write(Array(whole[..<cut]), to: path)
                let lines = Lines()
                let (again, found) = try open(path, lines)
                #expect(found == ["kept"])
                #expect(lines.all.count == (cut == kept ? 0 : 1))
                try append(again, "next")
                #expect(try open(path).1 == ["kept", "next"])
            }
        }
    }

    @Test func refusesDamageBeforeTheEnd() throws {
        try withFolder { folder in
            let path = folder + "/j"
            let (journal, _) = try open(path)
            try append(journal, "first")
            let second = journal.byteCount
            try append(journal, "second")
            try append(journal, "third")
            var damaged = try content(of: path)
            damaged[second + 13] ^= 1
            try write(damaged, to: path)
            let error = #expect(throws: StorageError.self) { try open(path) }
            guard case .corrupt(_, second)? = error?.code else {
                Issue.record("\(String(describing: error)) does not name byte \(second)")
                return
            }
        }
    }

    @Test func refusesAnotherKindOfFile() throws {
        try withFolder { folder in
            try write(bytes("not a journal at all"), to: folder + "/j")
            #expect(throws: StorageError.self) { try open(folder + "/j") }
        }
    }

    @Test func rewritesInOneStep() throws {
        try withFolder { folder in
            let path = folder + "/j"
            let (journal, _) = try open(path)
            for index in 0..<100 { try append(journal, "\(index)") }
            let before = journal.byteCount
            try journal.rewrite { add in add { $0.appendText("all") } }
            #expect(journal.byteCount < before && journal.entryCount == 1)
            try append(journal, "more")
            #expect(try open(path).1 == ["all", "more"])
            #expect(try Files.names(in: folder) == ["j"])
        }
    }
}
