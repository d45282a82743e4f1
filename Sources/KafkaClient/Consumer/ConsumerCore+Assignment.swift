import KafkaProtocol

extension ConsumerCore {
    func partition(_ topicPartition: TopicPartition) -> Partition? { partitionsByName[topicPartition] }

    /// Adds partitions, whose positions are still to be found.
    func add(_ added: [TopicPartition]) -> [Partition] {
        // Fetches go where the positions are asked for or, where others use those connections, over
        // new ones that come up meanwhile.
        let needsNewConnections = !cluster.isUsedOnly(by: self)
        var lookup = LeaderLookup(cluster.metadata)
        partitionsByName.reserveCapacity(partitionsByName.count + added.count)
        return added.map { topicPartition in
            let partition = Partition(topicPartition)
            partitions.append(partition)
            partitionsByName[topicPartition] = partition
            if let leader = lookup.leader(of: topicPartition) {
                partition.leader = leader
                if needsNewConnections { connect(fetcher(leader)) }
            }
            return partition
        }
    }

    /// Reads partitions no longer: what was received of them and not handed out is dropped, and
    /// answers that are under way count no more.
    func remove(_ removed: [Partition]) {
        let removed = removed.filter(\.isAssigned)
        for partition in removed {
            partition.isAssigned = false
            partitionsByName[partition.topicPartition] = nil
            partition.place.forget()
            polled.drop(partition)
        }
        partitions.removeAll { !$0.isAssigned }
        for finder in positionFinders { finder.drop(removed) }
        // There may be room for records of others now, and a leader that leads nothing here any
        // more.
        scheduleSoon()
    }

    /// Where each partition started, as far as that is known.
    var startOffsets: [TopicPartition: Int64] { startOffsets(of: partitions) }

    /// The same of those `partitions` that are read still.
    func startOffsets(of partitions: [Partition]) -> [TopicPartition: Int64] {
        var offsets: [TopicPartition: Int64] = [:]
        offsets.reserveCapacity(partitions.count)
        for partition in partitions where partition.isAssigned {
            offsets[partition.topicPartition] = partition.place.startOffset
        }
        return offsets
    }
}
