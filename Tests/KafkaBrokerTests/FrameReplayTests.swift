import Bytes
import Foundation
import KafkaProtocol
import System
import Testing

@testable import KafkaBroker

/// Requests as real clients sent them, from the frames that the protocol's tests keep.
enum RecordedRequests {
    static func all() throws -> [[UInt8]] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.appendingPathComponent("KafkaProtocolTests/Fixtures/frames.tsv")
        let served = Set(ServedApi.all.map(\.key))
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst().compactMap { line in
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard columns[2] == "request", let key = Int16(columns[0]), served.contains(ApiKey(rawValue: key)) else {
                return nil
            }
            return bytes(hex: columns[5])
        }
    }

    private static func bytes(hex: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in hex.utf8 {
            let value = digit < 0x3a ? digit - 0x30 : (digit | 0x20) - 0x57
            if let first = high { bytes.append(first << 4 | value) }
            high = high == nil ? value : nil
        }
        return bytes
    }

    static func frame(_ payload: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt32(payload.count).bigEndian) { Array($0) } + payload
    }
}

@Suite(.timeLimit(.minutes(5))) struct FrameReplayTests {
    private let properties = ["auto.create.topics.enable": "false", "group.initial.rebalance.delay.ms": "0"]

    @Test func answersEveryRecordedRequest() async throws {
        try await withBroker(properties) { broker in
            let requests = try RecordedRequests.all()
            #expect(requests.count > 300)
            let client = try broker.client()
            var joined: Set<String> = []
            for request in requests {
                var reader = WireReader(request.span.bytes)
                let header = try RequestHeader(parsing: &reader)
                if header.apiKey == .produce {
                    let body = try ProduceRequest(parsing: &reader, version: header.apiVersion)
                    // Without acks an unknown topic ends the connection, which another test holds.
                    if body.acks == 0 { continue }
                }
                if header.apiKey == .joinGroup {
                    let body = try JoinGroupRequest(parsing: &reader, version: header.apiVersion)
                    // A second new member would wait for the first to join again.
                    if body.memberId.isEmpty, !joined.insert(body.groupId).inserted { continue }
                }
                try client.write(RecordedRequests.frame(request))
                let response = try client.receivePayload()
                let correlationId = response.prefix(4).reduce(Int32(0)) { $0 << 8 | Int32($1) }
                #expect(correlationId == header.correlationId, "\(header)")
            }
            // Nothing is said but why a transactional id was refused.
            let others = broker.lines.all.filter { !$0.contains("transactional.id") }
            #expect(others.isEmpty, "\(others)")
        }
    }

    /// Damaged requests are answered or end their connection; whichever, the broker goes on.
    @Test(arguments: 1...4)
    func outlivesDamagedRequests(seed: UInt64) async throws {
        try await withBroker(properties) { broker in
            // What makes topics is left out, so that no fetch finds one to wait on; and JoinGroup,
            // which would wait for members that never join again.
            let requests = try RecordedRequests.all().filter { $0[1] != 19 && $0[1] != 11 }
            var random = SplitMix64(seed: seed)
            var client = try broker.client()
            for _ in 0..<1500 {
                var request = requests[Int(random.next() % UInt64(requests.count))]
                for _ in 0...(random.next() % 4) { Self.damage(&request, &random) }
                try client.write(RecordedRequests.frame(request))
                // The answer to this one shows that the other has been dealt with.
                try? client.write(client.encode(ApiVersionsRequest(), 0))
                if try !client.skipToApiVersions() { client = try broker.client() }
            }
            let good = try broker.client()
            try good.createTopic("t")
            try good.produce("v0", to: "t")
            #expect(try good.fetch("t") == numbered(0..<1))
        }
    }

    /// Bytes changed, cut out or doubled, but for the API's number: an unknown one only ends the
    /// connection.
    private static func damage(_ request: inout [UInt8], _ random: inout SplitMix64) {
        guard request.count > 12 else { return }
        let place = 2 + Int(random.next() % UInt64(request.count - 2))
        switch random.next() % 4 {
        case 0: request[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: request[place] ^= 1 << (random.next() % 8)
        case 2: request.removeSubrange(place..<min(request.count, place + 1 + Int(random.next() % 8)))
        default: request.insert(contentsOf: request[place..<min(request.count, place + 4)], at: place)
        }
    }
}

extension TestClient {
    /// The next response, whatever it is.
    func receivePayload() throws -> [UInt8] {
        let length = try readBytes(4).reduce(0) { $0 << 8 | Int($1) }
        return try readBytes(length)
    }

    /// Reads up to the answer to the ApiVersions request that was encoded last; false where the
    /// broker closed first.
    func skipToApiVersions() throws -> Bool {
        do {
            while true {
                let payload = try receivePayload()
                if payload.prefix(4).reduce(Int32(0), { $0 << 8 | Int32($1) }) == correlationId { return true }
            }
        } catch is Closed {
            return false
        }
    }
}
