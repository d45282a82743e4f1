import Bytes
import KafkaProtocol
import Networking
import Synchronization
import Testing

@testable import KafkaClient

/// A group and a transaction of one name have coordinators of their own.
@Suite(.timeLimit(.minutes(1))) struct CoordinatorTests {
    private static func coordinator(_ node: Int32, port: UInt16) -> FindCoordinatorResponse {
        var response = FindCoordinatorResponse()
        response.nodeId = node
        (response.host, response.port) = ("127.0.0.1", Int32(port))
        return response
    }

    private static func find(_ key: CoordinatorKey, _ client: Client) async throws -> Int32 {
        try await Task(executorPreference: client.loop) {
            try await client.cluster.result { client.cluster.findCoordinator(of: key, done: $0) }
        }.value
    }

    @Test func kindAndIdAreTheKey() async throws {
        let kinds = Mutex<[Int8]>([])
        let port = Mutex<UInt16>(0)
        try await ScriptedServer.run { header, frame in
            guard header.apiKey == .findCoordinator else { return .well }
            var reader = WireReader(frame.bytes)
            guard (try? RequestHeader(parsing: &reader)) != nil,
                let request = try? FindCoordinatorRequest(parsing: &reader, version: header.apiVersion)
            else { return .close }
            kinds.withLock { $0.append(request.keyType) }
            return .message(Self.coordinator(Int32(request.keyType) + 1, port: port.withLock { $0 }))
        } _: { server, client in
            port.withLock { $0 = server.port }
            let transaction = CoordinatorKey(kind: .transaction, id: "same")
            let first = try await Self.find(.group("same"), client)
            #expect(first == 1)
            #expect(try await Self.find(transaction, client) == 2)
            // Both are known now.
            #expect(try await Self.find(.group("same"), client) == 1)
            #expect(try await Self.find(transaction, client) == 2)
            #expect(kinds.withLock { $0 } == [0, 1])
        }
    }
}
