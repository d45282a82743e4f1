import Foundation
import Testing

/// Members of groups that are not Weir's, against the embedded broker.
@Suite(.timeLimit(.minutes(10))) struct ForeignMemberTests {
    private func member(_ client: ForeignClient, _ broker: any InteropBroker) throws -> LiveProcess {
        try LiveProcess(
            client.executable,
            [
                Build.package + "/Tests/InteropTests/Python/members.py", broker.bootstrap, client.testDescription,
                "shared", "owned",
            ])
    }

    /// Waits until a member has so many of the two partitions.
    private func has(_ count: Int, _ member: LiveProcess) async throws {
        try await member.next { line in
            line.hasPrefix("assigned") && line.split(separator: " ").count == count + 1 ? () : nil
        }
    }

    /// Two members share the partitions; one that is killed is put out after its session, one that
    /// leaves at once.
    @Test(arguments: ForeignClient.installed(of: [.confluentKafka, .kafkaPython(nil)]))
    func membersShareAndTakeOver(client: ForeignClient) async throws {
        try await withBroker { broker in
            let records = InteropRecord.series("shared", count: 20, hasHeaders: false)
            _ = try await client.run(broker, [.produce(topic: "owned", codec: "none", records: records)])
            let first = try member(client, broker)
            try await has(2, first)
            for round in 0..<2 {
                let second = try member(client, broker)
                try await has(1, second)
                try await has(1, first)
                if round == 0 {
                    second.crash()
                } else {
                    try second.enter()
                    _ = try await second.end()
                }
                try await has(2, first)
            }
            #expect(try await client.run(broker, [.groups]).first?.groups == ["shared": "Stable"])
            try await broker.crashAndStartAgain()
            // A member of before the crash is still one, and leaves.
            try first.enter()
            _ = try await first.end()
        }
    }

    /// kcat reads a topic as a member, twice: the second time there is nothing left.
    @Test(arguments: ForeignClient.installed(of: [.kcat]))
    func kcatReadsAsAMember(client: ForeignClient) async throws {
        try await withBroker { broker in
            let records = InteropRecord.series("balanced", count: 20, hasHeaders: false)
            _ = try await client.run(broker, [.produce(topic: "balanced", codec: "none", records: records)])
            let arguments = [
                "-b", broker.bootstrap, "-X", "auto.offset.reset=earliest", "-q", "-G", "balancers", "balanced",
            ]
            let read = try await ChildProcess(executable: client.executable, arguments: ["-c", "20"] + arguments).run()
            #expect(read.split(separator: "\n").sorted() == records.map(\.value).sorted().map { Substring($0) })
            let rest = try await ChildProcess(executable: client.executable, arguments: ["-e"] + arguments).run()
            #expect(rest.isEmpty)
        }
    }
}
