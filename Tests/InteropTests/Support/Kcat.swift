import Foundation

/// Drives kcat, a process for each command.
struct Kcat {
    let executable: String
    let broker: any InteropBroker

    func run(_ commands: [InteropCommand]) async throws -> [InteropAnswer] {
        var answers: [InteropAnswer] = []
        for command in commands {
            switch command {
            case .produce(let topic, let codec, let records, let isIdempotent):
                answers.append(try await produce(topic, codec, records, isIdempotent: isIdempotent))
            case .consume(let topic, let count, let group):
                answers.append(try await consume(topic, count, group: group))
            case .create, .trim, .delete, .groups, .deleteGroup, .deleteOffsets, .transact:
                throw ChildProcess.Failure(description: "kcat cannot do that: \(command)")
            }
        }
        return answers
    }

    private func kcat(_ arguments: [String], input: String = "") async throws -> String {
        let common = ["-b", broker.bootstrap, "-m", "30"]
        return try await ChildProcess(executable: executable, arguments: arguments + common).run(input: input)
    }

    /// kcat takes headers for all records of a run, and an empty key for none, so there is a run
    /// for each kind of record.
    private func produce(
        _ topic: String, _ codec: String, _ records: [InteropRecord], isIdempotent: Bool
    ) async throws -> InteropAnswer {
        for partition in Set(records.map(\.partition)).sorted() {
            let these = records.filter { $0.partition == partition }
            var arguments = ["-P", "-t", topic, "-p", "\(partition)", "-z", codec, "-K", "\t", "-Z"]
            arguments += ["-X", "acks=all", "-X", "linger.ms=100", "-X", "enable.idempotence=\(isIdempotent)"]
            for header in these.first?.headers ?? [] {
                arguments += ["-H", "\(header[0] ?? "")=\((header[1] ?? ""))"]
            }
            let lines = these.map { "\($0.key ?? "")\t\($0.value)\n" }
            _ = try await kcat(arguments, input: lines.joined())
        }
        return InteropAnswer(records: records)
    }

    private func consume(_ topic: String, _ count: Int, group: String?) async throws -> InteropAnswer {
        var records: [InteropRecord] = []
        var committed: [String: Int] = [:]
        // Without membership kcat keeps the offsets of one partition at a time.
        for partition in 0..<2 where records.count < count {
            var arguments = ["-C", "-t", topic, "-p", "\(partition)", "-J", "-q"]
            if let group {
                arguments += ["-o", "stored", "-X", "group.id=\(group)", "-X", "auto.offset.reset=earliest"]
                arguments += ["-c", "\(count - records.count)", "-e"]
            } else {
                arguments += ["-o", "beginning", "-e"]
            }
            let read = try await kcat(arguments).split(separator: "\n").map { try Self.record($0) }
            records += read
            if let last = read.last?.offset, group != nil { committed["\(partition)"] = last + 1 }
        }
        return InteropAnswer(records: records, committed: committed)
    }

    private static func record(_ line: Substring) throws -> InteropRecord {
        struct Line: Decodable {
            var partition: Int
            var offset: Int
            var headers: [String]?
            var key: String?
            var payload: String
        }
        let line = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
        let flat = line.headers ?? []
        let headers = stride(from: 0, to: flat.count - 1, by: 2).map { [flat[$0], flat[$0 + 1]] }
        return InteropRecord(
            partition: line.partition, offset: line.offset, key: line.key, value: line.payload, headers: headers)
    }
}
