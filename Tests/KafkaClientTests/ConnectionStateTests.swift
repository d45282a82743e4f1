import KafkaProtocol
import Synchronization
import Testing

@testable import KafkaClient

@Suite(.timeLimit(.minutes(5))) struct HandshakeTests {
    @Test func aBrokerThatKnowsTheQuestionIsReadyAtOnce() {
        var handshake = Handshake()
        #expect(handshake.connected() == .ask(version: 3))
        let served = ServedVersions([.produce: 0...12])
        #expect(handshake.answered(.none, served) == .ready(served))
    }

    @Test func anOlderBrokerIsAskedInTheOldestVersionOnce() {
        var handshake = Handshake()
        _ = handshake.connected()
        #expect(handshake.answered(.unsupportedVersion, ServedVersions([.apiVersions: 0...2])) == .ask(version: 0))
        #expect(handshake.answered(.unsupportedVersion, ServedVersions([:])) == .fail(.broker(.unsupportedVersion)))
    }

    @Test func refusalEmptinessAndHasteAreErrors() {
        var handshake = Handshake()
        #expect(
            handshake.answered(.none, ServedVersions([.produce: 0...1]))
                == .fail(.malformedResponse("ApiVersions before it was asked for")))
        _ = handshake.connected()
        #expect(
            handshake.answered(.none, ServedVersions([:])) == .fail(.malformedResponse("ApiVersions without any API")))
        _ = handshake.connected()
        #expect(handshake.answered(.invalidRequest, ServedVersions([:])) == .fail(.broker(.invalidRequest)))
    }
}

@Suite(.timeLimit(.minutes(5))) struct ServedVersionsTests {
    @Test func theNewestThatBothSpeakIsTaken() throws {
        let served = ServedVersions([.produce: 0...12, .fetch: 4...5, .metadata: 0...8])
        #expect(try served.version(of: .produce) == 7)
        #expect(try served.version(of: .fetch) == 5)
        #expect(try served.version(of: .metadata) == 8)
        #expect(try ServedVersions([.metadata: 0...13]).version(of: .metadata) == 12)
        // Before the broker has said so nothing newer is asked in: it would hang up, and be dialled
        // again.
        #expect(try ServedVersions.assumed.version(of: .metadata) == 8)
    }

    @Test func whatAnAnswerContradictsItselfAboutIsNotServed() {
        var response = ApiVersionsResponse()
        let entries: [(key: Int16, least: Int16, most: Int16)] = [
            (0, 9, 3), (1, 0, 5), (999, 0, 1), (1_001, 0, 1), (-1, 0, 1),
        ]
        response.apiKeys = entries.map { key, least, most in
            var entry = ApiVersionsResponse.ApiVersion()
            entry.apiKey = ApiKey(rawValue: key)
            entry.minVersion = least
            entry.maxVersion = most
            return entry
        }
        #expect(ServedVersions(response) == ServedVersions([.fetch: 0...5, ApiKey(rawValue: 999): 0...1]))
        #expect(ServedVersions([ApiKey(rawValue: 1_001): 0...1]).isEmpty)
    }

    @Test func keysThatThisClientDoesNotSpeakAreKept() throws {
        let heartbeat = ApiKey(rawValue: 68)
        let served = ServedVersions([.deleteGroups: 0...2, .offsetDelete: 0...0, heartbeat: 0...1])
        #expect(try served.version(of: .deleteGroups) == 1)
        #expect(served.serves(.offsetDelete, 0) && served.serves(heartbeat, 1))
        #expect(throws: ClientError.self) { try served.version(of: .listGroups) }
    }

    @Test func withoutACommonOneTheErrorNamesBoth() {
        let served = ServedVersions([.produce: 9...12])
        let error = #expect(throws: ClientError.self) { try served.version(of: .produce) }
        #expect(error?.code == .unsupportedVersion(broker: 9...12, client: 3...7) && error?.api == .produce)
        #expect(throws: ClientError.self) { try served.version(of: .fetch) }
    }
}

@Suite(.timeLimit(.minutes(5))) struct ApiPreferenceTests {
    @Test func everyApiHasOneWithinItsSchema() {
        #expect(Set(ApiPreference.all.map(\.api)) == Set(Api.all.map(\.key)))
        #expect(Set(ApiPreference.all.map(\.api)).count == ApiPreference.all.count)
        for preference in ApiPreference.all {
            let known = preference.api.api?.versions ?? -1...(-1)
            #expect(known.contains(preference.versions.lowerBound), "\(preference)")
            #expect(known.contains(preference.versions.upperBound), "\(preference)")
            #expect(preference.versions.contains(preference.unconfirmedMax), "\(preference)")
        }
    }

    /// Whoever makes another API flexible says in the table what that buys, and adds it here.
    @Test func flexibleFieldsAreOnlyWhereTheyBuySomething() {
        let flexible = ApiPreference.all.filter {
            $0.versions.upperBound >= $0.api.api?.firstFlexibleVersion ?? 0
        }
        #expect(
            flexible.map(\.api) == [
                .apiVersions, .metadata, .offsetCommit, .joinGroup, .syncGroup, .consumerGroupHeartbeat,
                .consumerGroupDescribe, .listGroups,
            ])
    }

    /// A broker that is asked in a version that it does not serve hangs up.
    @Test func nothingNewerIsAskedInBeforeTheBrokerHasSaidSo() async throws {
        let versions = Mutex<[Int16]>([])
        try await ScriptedServer.run { header, _ in
            if header.apiKey == .metadata { versions.withLock { $0.append(header.apiVersion) } }
            return .well
        } _: { server, client in
            try await client.connect()
            _ = try await Admin(client: client).describe(topic: "t")
            #expect(versions.withLock { $0 } == [8, 12])
            #expect(server.connectionCount.withLock { $0 } == 1)
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct RequestQueueTests {
    @Test func answersBelongToTheOldestRequest() throws {
        var queue = RequestQueue<String>()
        for name in ["a", "b"] { queue.sent(name, correlationId: queue.makeCorrelationId(), deadlineNs: 9) }
        #expect(try queue.answered(0) == "a")
        #expect(try queue.answered(1) == "b")
        let error = #expect(throws: ClientError.self) { try queue.answered(1) }
        #expect(error?.code == .unexpectedResponse(correlationId: 1))
    }

    @Test func anAnswerOutOfTurnIsAnError() {
        var queue = RequestQueue<String>()
        for name in ["a", "b"] { queue.sent(name, correlationId: queue.makeCorrelationId(), deadlineNs: 9) }
        let error = #expect(throws: ClientError.self) { try queue.answered(1) }
        #expect(error?.code == .wrongCorrelationId(expected: 0, received: 1))
        #expect(queue.takeAll() == ["a", "b"] && queue.count == 0)
    }

    @Test func deadlinesAreTheRequestsOwn() {
        var queue = RequestQueue<String>()
        queue.sent("long", correlationId: queue.makeCorrelationId(), deadlineNs: 100)
        queue.sent("short", correlationId: queue.makeCorrelationId(), deadlineNs: 50)
        #expect(queue.nextDeadlineNs == 50)
        #expect(queue.takeOverdue(nowNs: 49) == nil)
        #expect(queue.takeOverdue(nowNs: 50) == "short")
        #expect(queue.nextDeadlineNs == 100)
    }
}

@Suite(.timeLimit(.minutes(5))) struct ReconnectTimesTests {
    @Test func failuresInARowWaitLongerAndUseMakesThemForgotten() {
        var times = ReconnectTimes()
        let backoff = Backoff(baseMs: 100, maxMs: 1_000)
        #expect(times.earliestNs("a") == 0)
        var waits: [UInt64] = []
        for _ in 0..<3 {
            times.closed("a", wasUseful: false, nowNs: 0, backoff: backoff)
            waits.append(times.earliestNs("a"))
        }
        #expect(waits[0] <= 120_000_000 && waits[2] >= 320_000_000)
        times.closed("a", wasUseful: true, nowNs: 0, backoff: backoff)
        #expect(times.earliestNs("a") <= 120_000_000)
        #expect(times.earliestNs("b") == 0)
    }
}
