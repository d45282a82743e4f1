import Foundation
import Testing

/// Clients that are not Weir's, against `weir broker` in a process of its own.
@Suite(.timeLimit(.minutes(10))) struct ForeignClientTests {
    @Test(arguments: ForeignClient.installed(of: ForeignClient.all))
    func producesAndConsumesWithEveryCodec(client: ForeignClient) async throws {
        try await withBroker { broker in
            let series = client.codecs.map { codec in
                (topic: "\(client.topicName)-\(codec)", codec: codec, records: records(client, codec, count: 60))
            }
            let answers = try await client.run(
                broker,
                series.flatMap {
                    [
                        .produce(topic: $0.topic, codec: $0.codec, records: $0.records),
                        .consume(topic: $0.topic, count: $0.records.count),
                    ]
                })
            #expect(answers.count == series.count * 2)
            let stored = try await StoredBatch.all(broker, topics: series.map(\.topic))
            for (index, one) in series.enumerated() {
                let read = try #require(answers[index * 2 + 1].records)
                expectSame(read, one.records, "\(one.topic)")
                expectStored(stored.filter { $0.topic == one.topic }, one.codec, recordCount: one.records.count)
            }
        }
    }

    @Test(arguments: ForeignClient.installed(of: ForeignClient.all))
    func commitsAndResumes(client: ForeignClient) async throws {
        try await withBroker { broker in
            let topic = client.topicName
            let records = records(client, "none", count: 40)
            _ = try await client.run(broker, [.produce(topic: topic, codec: "none", records: records)])
            // Each in a process of its own, so that nothing but the commit is carried over.
            let first = try await client.run(broker, [.consume(topic: topic, count: 13, group: "resumers")])
            let second = try await client.run(broker, [.consume(topic: topic, count: 27, group: "resumers")])
            let read = (first + second).flatMap { $0.records ?? [] }
            #expect(first.first?.records?.count == 13)
            expectSame(read, records, "\(client)")
            for (partition, offset) in second.first?.committed ?? [:] { #expect(offset == 20, "\(partition)") }
            #expect(second.first?.committed?.isEmpty == false)
            let other = try await client.run(broker, [.consume(topic: topic, count: 40, group: "others")])
            expectSame(other.first?.records ?? [], records, "a group of its own starts at the beginning")
        }
    }

    /// zstd is tested apart, because not every client can read it.
    @Test(arguments: [["none", "gzip", "snappy", "lz4"], ["zstd"]])
    func everyClientReadsWhatTheOthersWrote(codecs: [String]) async throws {
        let clients = ForeignClient.installed(of: ForeignClient.all).filter { $0.codecs.contains(codecs[0]) }
        try await withBroker { broker in
            var written: [InteropRecord] = []
            for client in clients {
                let series = client.codecs.filter(codecs.contains).map { codec in
                    (codec: codec, records: plain(client, codec, count: 12))
                }
                _ = try await client.run(
                    broker, series.map { .produce(topic: "mixed", codec: $0.codec, records: $0.records) })
                written += series.flatMap(\.records)
            }
            for client in clients {
                let answer = try await client.run(broker, [.consume(topic: "mixed", count: written.count)])
                expectSame(answer.first?.records ?? [], written, "\(client)")
            }
        }
    }

    @Test(arguments: ForeignClient.installed(of: [.confluentKafka, .kafkaPython(nil), .kcat]))
    func idempotentProducersAreServed(client: ForeignClient) async throws {
        try await withBroker { broker in
            let first = records(client, "first", count: 20)
            let second = records(client, "second", count: 20)
            let answers = try await client.run(
                broker,
                [
                    .produce(topic: "once", codec: "none", records: first, isIdempotent: true),
                    .produce(topic: "once", codec: "lz4", records: second, isIdempotent: true),
                    .consume(topic: "once", count: 40),
                ])
            expectSame(answers[2].records ?? [], first + second, "\(client)")
        }
    }

    @Test(arguments: ForeignClient.installed(of: [.confluentKafka, .kafkaPython(nil)]))
    func topicsAreCreatedTrimmedAndDeleted(client: ForeignClient) async throws {
        try await withBroker { broker in
            let records = records(client, "none", count: 30)
            let answers = try await client.run(
                broker,
                [
                    .create(topic: "made", partitionCount: 3),
                    .produce(topic: "made", codec: "none", records: records),
                    .trim(topic: "made", partition: 0, offset: 5),
                    .consume(topic: "made", count: 25),
                    .delete(topic: "made"),
                    .create(topic: "made", partitionCount: 1),
                ])
            #expect(answers[2].lowWatermark == 5)
            let offsets = (answers[3].records ?? []).filter { $0.partition == 0 }.compactMap(\.offset)
            #expect(offsets == Array(5..<15))
        }
    }

    @Test(arguments: ForeignClient.installed(of: ForeignClient.kinds))
    func whatWasAcknowledgedOutlivesACrash(client: ForeignClient) async throws {
        try await withBroker { broker in
            let records = records(client, "crash", count: 40)
            _ = try await client.run(
                broker,
                [
                    .produce(topic: "kept", codec: "none", records: records),
                    .consume(topic: "kept", count: 11, group: "survivors"),
                ])
            try await broker.crashAndStartAgain()
            let rest = try await client.run(broker, [.consume(topic: "kept", count: 29, group: "survivors")])
            #expect(rest.first?.records?.count == 29)
            let all = try await client.run(broker, [.consume(topic: "kept", count: 40)])
            expectSame(all.first?.records ?? [], records, "\(client)")
        }
    }
}

extension ForeignClientTests {
    private func records(_ client: ForeignClient, _ name: String, count: Int) -> [InteropRecord] {
        var records = InteropRecord.series(
            "\(client.topicName)-\(name)", count: count, hasHeaders: client.hasHeaders)
        // kcat sends the same headers with every record of a run.
        if case .kcat = client { for index in records.indices { records[index].headers = [["trace", "kcat"]] } }
        return records
    }

    /// Records that any client can read.
    private func plain(_ client: ForeignClient, _ name: String, count: Int) -> [InteropRecord] {
        InteropRecord.series("\(client.topicName)-\(name)", count: count, hasHeaders: false)
    }

    /// Each partition has the records in their order, at rising offsets.
    private func expectSame(_ read: [InteropRecord], _ written: [InteropRecord], _ comment: Comment) {
        for partition in 0..<2 {
            #expect(
                InteropRecord.contents(of: read, partition: partition)
                    == InteropRecord.contents(of: written, partition: partition), comment)
            let offsets = read.filter { $0.partition == partition }.compactMap(\.offset)
            #expect(zip(offsets, offsets.dropFirst()).allSatisfy { $0 < $1 }, comment)
        }
        #expect(read.count == written.count, comment)
    }

    /// The log has batches of magic 2 in the codec asked for; librdkafka does not compress what
    /// would become larger.
    private func expectStored(_ batches: [StoredBatch], _ codec: String, recordCount: Int) {
        for partition in 0..<2 {
            let codecs = batches.filter { $0.partition == partition }.map(\.codec)
            #expect(codecs.contains(codec), "\(batches)")
        }
        #expect(batches.allSatisfy { $0.magic == 2 && ($0.codec == codec || $0.count == 1) }, "\(batches)")
        #expect(batches.reduce(0) { $0 + $1.count } == recordCount, "\(batches)")
    }
}
