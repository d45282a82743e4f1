import Testing

@testable import KafkaClient

@Suite struct PollQueueTests {
    private func partition(_ number: Int, startsAt offset: Int64) -> ConsumerCore.Partition {
        let partition = ConsumerCore.Partition(TopicPartition(topic: "t", partition: Int32(number)))
        partition.place.jump(to: offset)
        return partition
    }

    private func entry(
        _ partition: ConsumerCore.Partition, _ offsets: Range<Int64>, nextOffset: Int64? = nil
    ) -> PollQueue.Entry {
        let records = offsets.map {
            ConsumerRecord(
                topicPartition: partition.topicPartition, offset: $0, timestampMs: 0, key: nil, value: nil, headers: [])
        }
        return PollQueue.Entry(partition: partition, records: records, nextOffset: nextOffset ?? offsets.upperBound)
    }

    @Test func aPollThatEndsWithABatchLeavesTheNextPartitionWhereItWas() {
        let (first, second) = (partition(0, startsAt: 70), partition(1, startsAt: 3))
        var queue = PollQueue()
        queue.append(entry(first, 70..<72))
        queue.append(entry(second, 3..<6))
        #expect(queue.take(2).map(\.offset) == [70, 71])
        #expect(first.place.position == 72)
        #expect(second.place.position == 3)
        #expect(queue.take(2).map(\.offset) == [3, 4])
        #expect(second.place.position == 5)
        #expect(queue.take(2).map(\.offset) == [5])
        #expect(second.place.position == 6 && queue.count == 0)
    }

    @Test func whoStopsWaitingIsNotWoken() {
        var queue = PollQueue()
        var woken: [String] = []
        let first = queue.whenWoken { woken.append("first") }
        _ = queue.whenWoken { woken.append("second") }
        queue.stopWaiting(first)
        queue.wakeAll()
        #expect(woken == ["second"] && queue.waiterCount == 0)
        queue.stopWaiting(first)
        queue.wakeAll()
        #expect(woken == ["second"])
    }

    @Test func aBatchWithoutRecordsMovesThePosition() {
        let one = partition(0, startsAt: 0)
        var queue = PollQueue()
        queue.append(entry(one, 0..<1, nextOffset: 2))
        queue.append(entry(one, 2..<2, nextOffset: 3))
        #expect(queue.take(5).map(\.offset) == [0])
        #expect(one.place.position == 3)
    }
}
