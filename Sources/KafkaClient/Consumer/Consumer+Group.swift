import KafkaProtocol
import Networking

extension Consumer {
    /// Whether its group assigns it what it reads.
    nonisolated var isSubscriber: Bool {
        if case .subscription = assignment { true } else { false }
    }

    /// Subscribes to these topics instead while it runs; its group is rebalanced for it. The next
    /// start after `stop` is of `assignment` again.
    public func subscribe(to topics: [String]) async throws(ClientError) {
        guard let membership = core.membership, core.isRunning, !isStarting else {
            throw ClientError(.invalidArgument("only a consumer that has started as a member of a group subscribes"))
        }
        let cluster = core.cluster
        try await cluster.waitForTopics(topics, mustBeLed: true, within: cluster.configuration.callLimit())
        membership.subscribe(to: Set(topics))
    }

    /// Throws where there is no group, or a topic is named twice.
    func checkSubscription() throws(ClientError) {
        guard configuration.groupId != nil else {
            throw ClientError(.invalidArgument("a consumer that subscribes needs a group.id"))
        }
        guard case .subscription(let topics) = assignment, Set(topics).count == topics.count else {
            throw ClientError(.invalidArgument("a topic is subscribed to twice"))
        }
    }

    /// Joins the group, and returns once it is known where to read what it assigned.
    func join(_ topics: [String]) async throws(ClientError) {
        core.knowsAssignment = false
        let membership = core.makeMembership(of: try group(), topics: Set(topics), onEvent: onMembership)
        core.membership = membership
        try await core.cluster.result { membership.begin($0) }
    }
}

extension ConsumerCore {
    fileprivate func makeMembership(
        of group: String, topics: Set<String>, onEvent: (@Sendable (MembershipEvent, UInt64) -> Void)?
    ) -> any GroupMembership {
        let options = configuration.membership
        var settings = MembershipSettings(topics: topics)
        settings.instanceId = options.instanceId
        settings.strategies = options.strategies
        settings.sessionTimeoutMs = options.sessionTimeoutMs
        settings.heartbeatMs = options.heartbeatMs
        settings.pollIntervalMs = options.pollIntervalMs
        settings.remoteAssignor = options.remoteAssignor
        settings.heartbeatsEarly = options.heartbeatsEarly
        settings.isPolled = onBatch == nil
        settings.backoff = cluster.configuration.retryBackoff
        switch options.groupProtocol {
        case .classic:
            return ClassicMembership(self, group: group, ClassicMember(settings), onEvent: onEvent)
        case .consumer:
            let machine = ConsumerMember(settings, memberId: .randomMemberId())
            return ConsumerMembership(self, group: group, machine, onEvent: onEvent)
        }
    }

    /// Under which name to commit: that of a member, or none. What is polled is given up with the
    /// next poll at the earliest, so that a commit may wait for the end of a rebalance.
    nonisolated(nonsending) func committer(of group: String) async throws(ClientError) -> GroupIdentity {
        guard let membership else { return GroupIdentity() }
        if onBatch == nil {
            await withCheckedContinuation { continuation in membership.whenCommitter { continuation.resume() } }
        }
        if let committer = membership.committer { return committer }
        var error = ClientError(
            .broker(membership.isRebalancing ? .rebalanceInProgress : .unknownMemberId), api: .offsetCommit)
        error.group = group
        throw error
    }

    /// Commits by itself from now on, where the options ask for that.
    func beginAutoCommit() {
        guard let group = configuration.groupId, let ms = configuration.autoCommitMs else { return }
        autoCommit = AutoCommit(self, group: group, intervalMs: ms)
    }

    /// Stops, commits positions where the options ask for that, and leaves the group.
    nonisolated(nonsending) func leave() async {
        let (membership, offsets) = (self.membership, autoCommit == nil ? [:] : positions)
        self.membership = nil
        stop()
        await withCheckedContinuation { continuation in
            if let membership { return membership.close(committing: offsets) { continuation.resume() } }
            guard let group = configuration.groupId, !offsets.isEmpty else { return continuation.resume() }
            let limit = cluster.configuration.callLimit(ms: cluster.configuration.requestTimeoutMs)
            cluster.commit(group, offsets.mapValues { CommittedOffset(offset: $0) }, within: limit) { [self] result in
                if case .failure(let error) = result { note(error) }
                continuation.resume()
            }
        }
    }
}
