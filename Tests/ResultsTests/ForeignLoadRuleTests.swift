import Measurement
import Results
import Testing

/// How much others may take of a host before a window cannot be used.
@Suite struct ForeignLoadRuleTests {
    private let rule = ForeignLoadRule(shareMax: 0.5, coreCount: 2)

    /// Two cores for ten seconds are twenty seconds; a tick of 10 ms a core is forgiven.
    @Test(arguments: [
        (0, 0, false), (10.02, 0, false), (10.03, 0, true), (5, 5.02, false), (5, 5.03, true), (0, 20, true),
    ])
    func countsOthersAndWhatTheHypervisorTook(others: Double, stolen: Double, isBeyond: Bool) {
        let usage = ResourceUsage(
            clientCPUNs: 20_000_000_000, othersCPUNs: UInt64(others * 1e9), stealNs: UInt64(stolen * 1e9))
        let reason = rule.reason(usage, windowNs: 10_000_000_000)
        #expect((reason != nil) == isBeyond)
        #expect(reason == nil || reason?.code == .foreignLoad)
    }

    @Test func saysHowMuchAndWhatToDo() {
        let reason = rule.reason(ResourceUsage(othersCPUNs: 1_500_000_000), windowNs: 1_000_000_000)
        #expect(
            reason?.detail == "other processes and the hypervisor took 75 % of the host's 2 cores "
                + "(limit 50 %; measure: {foreign: …} sets it)")
    }

    @Test func isSilentWhereTheKernelIs() {
        #expect(rule.reason(ResourceUsage(stealNs: 9_000_000_000), windowNs: 1_000_000_000) == nil)
        #expect(rule.reason(ResourceUsage(othersCPUNs: 1), windowNs: 0) == nil)
    }

    @Test func neverFindsAllCoresTooMuch() {
        let all = ForeignLoadRule(shareMax: 1, coreCount: 2)
        #expect(all.reason(ResourceUsage(othersCPUNs: 2_000_000_000), windowNs: 1_000_000_000) == nil)
    }

    @Test func isABadCondition() {
        #expect(InvalidReason.Code.foreignLoad.isBadConditions)
        var made = Repeat(round: 1, windowNs: 1)
        made.invalidReasons = [InvalidReason(.foreignLoad, "")]
        #expect(made.hadBadConditions)
        made.invalidReasons.append(InvalidReason(.countsDisagree, ""))
        #expect(!made.hadBadConditions)
    }

    @Test(arguments: [
        ("127.0.0.1:9092", true), ("a:1, localhost:2", true), ("[::1]:1", true), ("me:9092", true), ("a:9092", false),
    ])
    func knowsTheClustersOfItsHost(address: String, isHere: Bool) {
        let host = HostDescription(
            name: "me", operatingSystem: "", kernel: "", architecture: "", cpuModel: "", coreCount: 2, memoryBytes: 1)
        #expect(BrokerRecord(name: "c", kind: .cluster, address: address).isCluster(on: host) == isHere)
        #expect(!BrokerRecord(name: "embedded", kind: .embedded, address: address).isCluster(on: host))
    }
}
