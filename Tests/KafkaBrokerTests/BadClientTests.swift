import Glibc
import KafkaProtocol
import Testing

@testable import KafkaBroker

@Suite(.timeLimit(.minutes(5))) struct BadClientTests {
    /// Whatever a client sends, it is closed, one line says why, and the others are served.
    private func expectRefusal(_ bytes: [UInt8], _ reason: String, _ properties: [String: String] = [:]) async throws {
        try await withBroker(properties) { broker in
            let (bad, good) = (try broker.client(), try broker.client())
            try bad.write(bytes)
            #expect(bad.isClosed())
            await broker.settle()
            #expect(broker.lines.all.contains { $0.contains(reason) }, "\(broker.lines.all)")
            try good.createTopic("t")
            try good.produce("v0", to: "t")
            #expect(try good.fetch("t") == numbered(0..<1))
        }
    }

    @Test func refusesGarbage() async throws {
        try await expectRefusal(bytes("GET / HTTP/1.1\r\n\r\n"), "speaks HTTP")
        try await expectRefusal(
            [0, 0, 0, 12] + [0, 3, 0, 1, 0, 0, 0, 1, 0, 99, 1, 2], "12 bytes whose header cannot be read: ")
        try await expectRefusal([0xff, 0xff, 0xff, 0xff], "negative")
        try await expectRefusal([0, 0, 0, 3, 1, 2, 3], "3 bytes")
    }

    @Test func refusesWhatIsTooLarge() async throws {
        try await expectRefusal([0, 0, 8, 0], "2048 bytes", ["socket.request.max.bytes": "1024"])
    }

    @Test func refusesUnknownApisAndVersions() async throws {
        let tail: [UInt8] = [0, 0, 0, 1, 0xff, 0xff, 0]
        try await expectRefusal([0, 0, 0, 11, 0x27, 0x0f, 0, 5] + tail, "ApiKey(9999) is not served")
        try await expectRefusal([0, 0, 0, 11, 0, 3, 0, 99] + tail, "Metadata version 99 is not served")
        try await expectRefusal([0, 0, 0, 11, 0xff, 0xff, 0, 0] + tail, "ApiKey(-1) is not served")
    }

    @Test func refusesCountsBeyondTheFrame() async throws {
        // Metadata 1 for 2³¹ − 1 topics.
        let request: [UInt8] = [0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]
        try await expectRefusal([0, 0, 0, UInt8(request.count)] + request, "cannot be read as Metadata version 1: ")
    }

    @Test func ignoresBytesAfterTheLastField() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            var frame = try client.encode(MetadataRequest(), 4)
            frame += [1, 2, 3]
            frame[3] += 3
            try client.write(frame)
            #expect(try client.receive(MetadataResponse.self, 4).brokers.count == 1)
        }
    }

    @Test func outlivesClientsThatLeaveInTheMiddle() async throws {
        try await withBroker { broker in
            let good = try broker.client()
            try good.createTopic("t")
            let batch = try TestBatch(values: ["half"]).bytes
            for cut in stride(from: 1, to: 150, by: 7) {
                let bad = try broker.client()
                let frame = try bad.encode(bad.produceRequest("t", byteCount: batch.count), 7, records: [batch])
                try bad.write(Array(frame.prefix(cut)))
            }
            #expect(try good.fetch("t").isEmpty || good.fetch("t").allSatisfy { $0.value == "half" })
        }
    }

    /// A client that asks and asks and never reads: the broker stops reading from it, and so does
    /// not grow.
    @Test func holdsLittleForAClientThatNeverReads() async throws {
        try await withBroker { broker in
            let (greedy, good) = (try broker.client(), try broker.client())
            try good.createTopic("t")
            for _ in 0..<8 {
                try good.produce(TestBatch(values: [String(repeating: "x", count: 900_000)]).bytes, to: "t")
            }
            try greedy.setNonBlocking()
            let frame = try greedy.encode(greedy.fetchRequest("t", from: 0, partitionMaxBytes: 8 << 20), 11)
            // Far more than the buffers of both sockets: at last not one byte more is taken.
            let written = greedy.writeUntilFull(frame, atMost: 64 << 20)
            #expect(written < 64 << 20)
            #expect(try good.fetch("t").count == 1)
            #expect(await broker.queuedRequestByteCount() <= 2 * frame.count)
        }
    }

    @Test func endsTheConnectionThatQueuesTooMuch() async throws {
        try await withBroker(["queued.max.request.bytes": "100"]) { broker in
            let (bad, good) = (try broker.client(), try broker.client())
            try good.createTopic("t")
            try bad.send(bad.fetchRequest("t", from: 0, maxWaitMs: 600_000), 11)
            try bad.send(bad.produceRequest("t", byteCount: 500), 7, records: [Array(repeating: 0, count: 500)])
            #expect(bad.isClosed())
            #expect(broker.lines.all.contains { $0.contains("queued.max.request.bytes") })
        }
    }

    @Test func closesTheSilent() async throws {
        try await withBroker(["connections.max.idle.ms": "400"]) { broker in
            let client = try broker.client()
            _ = try client.ask(MetadataRequest(), 4)
            #expect(client.isClosed())
        }
    }

    @Test func servesNoMoreThanItsMost() async throws {
        try await withBroker(["max.connections": "2"]) { broker in
            var served: [TestClient] = [try broker.client(), try broker.client()]
            for client in served { _ = try client.ask(MetadataRequest(), 4) }
            let waiting = try broker.client()
            try waiting.send(MetadataRequest(), 4)
            _ = try served[0].ask(MetadataRequest(), 4)
            #expect(!waiting.hasResponse())
            served.removeLast()
            #expect(try waiting.receive(MetadataResponse.self, 4).brokers.count == 1)
        }
    }
}

extension TestClient {
    func setNonBlocking() throws {
        try #require(setsockoptForSmallBuffers())
        _ = fcntl(socketDescriptor, F_SETFL, O_NONBLOCK)
    }

    private func setsockoptForSmallBuffers() -> Bool {
        var byteCount: Int32 = 4096
        let size = socklen_t(MemoryLayout<Int32>.size)
        return setsockopt(socketDescriptor, SOL_SOCKET, SO_RCVBUF, &byteCount, size) == 0
    }

    /// Writes the frame again and again until the socket has taken nothing for a while.
    func writeUntilFull(_ frame: [UInt8], atMost: Int) -> Int {
        var written = 0
        var place = 0
        while written < atMost {
            let count = frame[place...].withUnsafeBytes {
                Glibc.send(socketDescriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                written += count
                place = (place + count) % frame.count
                continue
            }
            var descriptor = pollfd(fd: socketDescriptor, events: Int16(POLLOUT), revents: 0)
            if poll(&descriptor, 1, 300) == 0 { return written }
        }
        return written
    }
}
