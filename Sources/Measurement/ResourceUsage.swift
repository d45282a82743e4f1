import System

/// What a part of a run used of the machine.
public struct ResourceUsage: Codable, Sendable, Equatable {
    /// CPU time of this process, user and system.
    public var clientCPUNs: UInt64
    /// Instructions of this process in user space; nil where the kernel does not count them.
    public var clientInstructions: UInt64?
    /// CPU time of the embedded broker's process; nil when there is none.
    public var brokerCPUNs: UInt64?
    /// CPU time of all other processes of the host, a cluster's brokers on it among them; nil where
    /// the kernel does not tell.
    public var othersCPUNs: UInt64?
    /// Time that the hypervisor took from all cores together; nil where the kernel does not tell.
    public var stealNs: UInt64?
    /// How often this process gave up the processor by itself.
    public var voluntarySwitches: UInt64
    /// How often the processor was taken from this process.
    public var involuntarySwitches: UInt64
    /// The most memory this process held since the meter began; nil where the kernel does not tell.
    public var peakMemoryBytes: UInt64?
    /// The memory that the embedded broker held at the end; nil when there is none.
    public var brokerMemoryBytes: UInt64?

    /// A usage with these figures.
    public init(
        clientCPUNs: UInt64 = 0, clientInstructions: UInt64? = nil, brokerCPUNs: UInt64? = nil,
        othersCPUNs: UInt64? = nil, stealNs: UInt64? = nil,
        voluntarySwitches: UInt64 = 0, involuntarySwitches: UInt64 = 0, peakMemoryBytes: UInt64? = nil,
        brokerMemoryBytes: UInt64? = nil
    ) {
        self.clientCPUNs = clientCPUNs
        self.clientInstructions = clientInstructions
        self.brokerCPUNs = brokerCPUNs
        self.othersCPUNs = othersCPUNs
        self.stealNs = stealNs
        self.voluntarySwitches = voluntarySwitches
        self.involuntarySwitches = involuntarySwitches
        self.peakMemoryBytes = peakMemoryBytes
        self.brokerMemoryBytes = brokerMemoryBytes
    }
}

/// Measures what is used between two moments.
public struct ResourceMeter: Sendable {
    private let brokerPid: Int32?
    private let client: ProcessUsage
    private let broker: OtherProcessUsage?
    private let host: HostUsage?
    private let instructions: UInt64?

    /// Starts measuring; the process's peak memory is set back to what it holds now.
    ///
    /// `brokerPid` is the embedded broker's process, nil when somebody else's cluster is measured.
    public init(brokerPid: Int32?) {
        self.brokerPid = brokerPid
        PeakMemory.reset()
        broker = brokerPid.flatMap(OtherProcessUsage.init(pid:))
        host = HostUsage.current()
        instructions = InstructionCounter.count()
        client = ProcessUsage.current()
    }

    /// What was used since the meter began.
    public func usage() -> ResourceUsage {
        let clientNow = ProcessUsage.current()
        let instructionsNow = InstructionCounter.count()
        let brokerNow = brokerPid.flatMap(OtherProcessUsage.init(pid:))
        let hostNow = HostUsage.current()
        let clientCPUNs = difference(clientNow.cpuNs, client.cpuNs) ?? 0
        let brokerCPUNs = difference(brokerNow?.cpuNs, broker?.cpuNs)
        let busyNs = difference(hostNow?.busyNs, host?.busyNs)
        return ResourceUsage(
            clientCPUNs: clientCPUNs, clientInstructions: difference(instructionsNow, instructions),
            brokerCPUNs: brokerCPUNs,
            // The host's time is counted in ticks, so this process's may exceed it.
            othersCPUNs: busyNs.flatMap { difference($0, clientCPUNs + (brokerCPUNs ?? 0)) },
            stealNs: difference(hostNow?.stealNs, host?.stealNs),
            voluntarySwitches: difference(clientNow.voluntarySwitches, client.voluntarySwitches) ?? 0,
            involuntarySwitches: difference(clientNow.involuntarySwitches, client.involuntarySwitches) ?? 0,
            peakMemoryBytes: PeakMemory.bytes(),
            brokerMemoryBytes: brokerNow?.residentBytes)
    }

    /// 0 where a counter went back, as steal does on some hosts.
    private func difference(_ now: UInt64?, _ before: UInt64?) -> UInt64? {
        guard let now, let before else { return nil }
        return now.since(before)
    }
}
