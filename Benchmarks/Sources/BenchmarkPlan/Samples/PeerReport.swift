import Foundation

/// The JSON line that a peer prints.
public struct PeerReport: Decodable, Sendable, Equatable {
    /// Who it says it is.
    public var peer: String?
    /// Its version.
    public var version: String?
    /// Records within the window.
    public var records: Int?
    /// The bytes of their values.
    public var payloadBytes: Int?
    /// How long the window was.
    public var wallNs: Int?
    /// The processor time of its process in the window.
    public var cpuNs: Int?
    /// Records that failed.
    public var failed: Int?
    /// Each start, or each record's way to its acknowledgement.
    public var samplesNs: [Int]?
    /// Whatever other numbers it says.
    public var figures: [String: Double] = [:]

    /// What a peer that prints no line of its own did.
    public init(peer: String, records: Int, payloadBytes: Int, wallNs: Int, cpuNs: Int) {
        self.peer = peer
        self.records = records
        self.payloadBytes = payloadBytes
        self.wallNs = wallNs
        self.cpuNs = cpuNs
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static let known: Set<String> = [
        "peer", "version", "records", "payloadBytes", "wallNs", "cpuNs", "failed", "samplesNs",
    ]

    /// Reads the fields that are known, and every other one that is a number.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        peer = try fields.decodeIfPresent(String.self, forKey: Key(stringValue: "peer"))
        version = try fields.decodeIfPresent(String.self, forKey: Key(stringValue: "version"))
        records = try fields.decodeIfPresent(Int.self, forKey: Key(stringValue: "records"))
        payloadBytes = try fields.decodeIfPresent(Int.self, forKey: Key(stringValue: "payloadBytes"))
        wallNs = try fields.decodeIfPresent(Int.self, forKey: Key(stringValue: "wallNs"))
        cpuNs = try fields.decodeIfPresent(Int.self, forKey: Key(stringValue: "cpuNs"))
        failed = try fields.decodeIfPresent(Int.self, forKey: Key(stringValue: "failed"))
        samplesNs = try fields.decodeIfPresent([Int].self, forKey: Key(stringValue: "samplesNs"))
        for key in fields.allKeys where !Self.known.contains(key.stringValue) {
            if let number = try? fields.decode(Double.self, forKey: key) { figures[key.stringValue] = number }
        }
    }

    /// Reads the last line of what a peer printed.
    public init(output: String) throws(PeerReportError) {
        guard let line = output.split(separator: "\n").last(where: { $0.hasPrefix("{") }) else {
            throw PeerReportError(description: "it printed no JSON line")
        }
        do { self = try JSONDecoder().decode(PeerReport.self, from: Data(line.utf8)) } catch {
            throw PeerReportError(description: "its JSON line is none that is known: \(line.prefix(200))")
        }
    }

    /// Why a sample of it would not count; nil where it does.
    public var flaw: String? {
        if let failed, failed > 0 { return "\(failed) records failed" }
        if samplesNs?.isEmpty == true { return "it reports no samples" }
        if samplesNs == nil, records == nil, figures.isEmpty { return "it reports neither records nor samples" }
        if records == 0 { return "no record within the window" }
        return nil
    }
}

/// Why a peer's output can't be read.
public struct PeerReportError: Error, CustomStringConvertible {
    /// What is wrong with it.
    public let description: String
}

extension Sample {
    /// Takes over what a peer reported.
    public mutating func enter(_ report: PeerReport) {
        version = report.version
        records = report.records
        payloadBytes = report.payloadBytes
        wallNs = report.wallNs
        cpuNs = report.cpuNs
        samplesNs = report.samplesNs
        figures = report.figures
        failure = report.flaw
    }
}
