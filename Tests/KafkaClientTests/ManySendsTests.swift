import Testing

@testable import KafkaClient

/// Many who send at once, each waiting for its own record.
@Suite(.timeLimit(.minutes(5))) struct ManySendsTests {
    @Test(.timeLimit(.minutes(1)), arguments: [1, 3]) func eachIsToldOfItsRecord(partitions: Int32) async throws {
        try await TestCluster.run(topic: nil) { cluster in
            let client = try cluster.client()
            try await Admin(client: client).createTopics([NewTopic(name: "many", partitionCount: partitions)])
            let producer = Producer(client: client)
            let places = try await withThrowingTaskGroup(of: RecordMetadata.self) { group in
                for number in 0..<2_000 {
                    let record = ProducerRecord(topic: "many", partition: Int32(number) % partitions, value: [1, 2, 3])
                    group.addTask { try await producer.send(record) }
                }
                var places: Set<[Int64]> = []
                for try await told in group { places.insert([Int64(told.topicPartition.partition), told.offset]) }
                return places
            }
            #expect(places.count == 2_000)
            _ = await producer.close()
            await client.close()
        }
    }
}
