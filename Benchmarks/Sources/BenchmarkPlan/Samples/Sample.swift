/// One contestant's figures in one round of a cell.
public struct Sample: Codable, Sendable, Equatable {
    /// The cell's id.
    public var cell: String
    /// Who was measured.
    public var contestant: Contestant
    /// The round, from 1.
    public var round: Int
    /// The contestant's version, as it says it itself.
    public var version: String?
    /// Records within the window.
    public var records: Int?
    /// The bytes of their values.
    public var payloadBytes: Int?
    /// How long the window was.
    public var wallNs: Int?
    /// The processor time of the client's process in the window.
    public var cpuNs: Int?
    /// Each start, or each record's way to its acknowledgement.
    public var samplesNs: [Int]?
    /// What else was measured, with the unit in the name.
    public var figures: [String: Double]
    /// The processor time of the broker's process while the contestant ran, warm-up and books
    /// included.
    public var brokerCPUNs: Int?
    /// What the kernel wrote to disks meanwhile.
    public var writtenBackBytes: Int?
    /// How long the contestant took in all, with what was made and tidied for it.
    public var tookNs: Int?
    /// Why it is discarded; nil where it counts.
    public var failure: String?

    /// A sample, at first without anything measured.
    public init(
        cell: String, contestant: Contestant, round: Int, version: String? = nil, records: Int? = nil,
        payloadBytes: Int? = nil, wallNs: Int? = nil, cpuNs: Int? = nil, samplesNs: [Int]? = nil,
        figures: [String: Double] = [:], failure: String? = nil
    ) {
        self.cell = cell
        self.contestant = contestant
        self.round = round
        self.version = version
        self.records = records
        self.payloadBytes = payloadBytes
        self.wallNs = wallNs
        self.cpuNs = cpuNs
        self.samplesNs = samplesNs
        self.figures = figures
        self.failure = failure
    }
}
