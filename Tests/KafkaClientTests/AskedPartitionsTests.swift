import Testing

@testable import KafkaClient

@Suite struct AskedPartitionsTests {
    let partitions = (0..<4).map { TopicPartition(topic: "t", partition: $0) }

    @Test func inOrderOutOfOrderAndBesides() {
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [0, 2, 1, 3]] {
            var asked = AskedPartitions(partitions)
            let known = order.filter { asked.contains(partitions[$0]) }
            #expect(known == order)
            let others = [TopicPartition(topic: "t", partition: 4), TopicPartition(topic: "u", partition: 0)]
            let foreign = others.filter { asked.contains($0) }
            #expect(foreign.isEmpty)
        }
    }

    @Test(arguments: [[0, 1, 3], [3, 0, 1], [0, 1]]) func whatIsMissingIsFound(_ named: [Int]) {
        var asked = AskedPartitions(partitions)
        var answered: [TopicPartition: Int64] = [:]
        for at in named where asked.contains(partitions[at]) { answered[partitions[at]] = 0 }
        #expect(asked.first(missingIn: answered) == partitions[2])
    }

    @Test func nothingIsMissingWhereAllAreNamed() {
        var asked = AskedPartitions(partitions)
        var answered: [TopicPartition: Int64] = [:]
        for partition in partitions.reversed() where asked.contains(partition) { answered[partition] = 0 }
        #expect(asked.first(missingIn: answered) == nil)
    }
}

@Suite struct OpenPartitionsTests {
    let requested = (0..<4).map { number in
        let partition = ConsumerCore.Partition(TopicPartition(topic: "t", partition: Int32(number)))
        return ConsumerCore.RequestedPartition(partition: partition, generation: 0, offset: Int64(number))
    }

    @Test(arguments: [[0, 1, 2, 3], [3, 2, 1, 0], [0, 2, 1, 3]]) func eachIsTakenOnce(_ order: [Int]) {
        var open = OpenPartitions(requested)
        for at in order {
            let name = requested[at].partition.topicPartition
            let (once, twice) = (open.take(name), open.take(name))
            #expect(once?.offset == Int64(at) && twice == nil)
        }
        #expect(open.first == nil)
    }

    @Test func whatIsLeftOutIsFound() {
        var open = OpenPartitions(requested)
        _ = open.take(requested[0].partition.topicPartition)
        #expect(open.first == requested[1].partition.topicPartition)
        let foreign = open.take(TopicPartition(topic: "u", partition: 0))
        #expect(foreign == nil)
        for at in [3, 1] { _ = open.take(requested[at].partition.topicPartition) }
        #expect(open.first == requested[2].partition.topicPartition)
    }
}

@Suite struct ByTopicTests {
    @Test func topicsAndNumbersAreInOrderHoweverTheyCome() {
        let mixed = [("b", 1), ("a", 2), ("b", 0), ("a", 0), ("a", 1)].map {
            TopicPartition(topic: $0.0, partition: $0.1)
        }
        let groups = mixed.byTopic()
        #expect(groups.map(\.topic) == ["a", "b"])
        #expect(groups.map { $0.partitions.map(\.partition) } == [[0, 1, 2], [0, 1]])
    }
}
