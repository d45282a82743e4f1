import KafkaClient
import Networking
import Testing

extension Snippet {
    /// A log of five records and one of three, the first trimmed; a new group; then the three
    /// starts.
    static func threeConsumers(_ broker: any InteropBroker) async throws {
        let (topic, group) = ("three", "threesome")
        try await withClient(of: broker.bootstrap) { client in
            let admin = Admin(client: client)
            try await admin.createTopics([NewTopic(name: topic, partitionCount: 2)])
            let producer = Producer(client: client)
            for (partition, count) in [(0 as Int32, 5), (1, 3)] {
                for number in 0..<count {
                    _ = try await producer.send("old \(number)", to: topic, partition: partition)
                }
            }
            _ = await producer.close()
            let partitions = try await client.partitions(of: topic)
            _ = try await admin.deleteRecords(before: [partitions[0]: 2])

            let lines = try await Snippet.threeConsumers.lines([broker.bootstrap, topic, group])
            func consumed(_ name: String) -> [PrintedRecord] {
                lines.compactMap { PrintedRecord($0, topic, after: "\(name): consumed ") }
            }
            #expect(lines.contains("latest: starts at three-0 5, three-1 3"))
            let first = consumed("latest")
            try #require(first.count == 1)
            #expect(first[0].offset == (first[0].partition == 0 ? 5 : 3))
            // The commit is the offset after the record, and the start where there was none.
            let committed: [Int64] = first[0].partition == 0 ? [6, 3] : [5, 4]
            #expect(lines.contains("latest: committed three-0 \(committed[0]), three-1 \(committed[1])"))
            #expect(lines.contains("defaults: starts at three-0 \(committed[0]), three-1 \(committed[1])"))
            // Between them they have each of the three once.
            #expect((first + consumed("defaults")).map(\.text).sorted() == ["one", "three", "two"])
            #expect(Set(first + consumed("defaults")).count == 3)
            #expect(lines.contains("earliest with reset: starts at three-0 2, three-1 0"))
            let third = consumed("earliest with reset")
            #expect(third.count >= 3)
            for (partition, start, oldCount) in [(0 as Int32, 2 as Int64, 5), (1, 0, 3)] {
                let read = third.filter { $0.partition == partition }
                #expect(read.map(\.offset) == (0..<read.count).map { start + Int64($0) })
                for record in read where record.offset < oldCount { #expect(record.text == "old \(record.offset)") }
            }
            let left = try await admin.committed(group: group, partitions: partitions)
            #expect(left == [partitions[0]: committed[0], partitions[1]: committed[1]])
        }
    }
}
