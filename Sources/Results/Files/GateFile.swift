internal import Foundation
internal import Glibc
public import Measurement
internal import System

extension GateResult {
    /// The most bytes of a file that is read as a gate.
    public static let fileByteCountMax = 64 << 20

    /// Reads a gate or a calibration, and checks that its statements agree.
    public init(path: String) throws(ResultFileError) {
        try self.init(json: ResultFileError.bytes(of: path, byteCountMax: Self.fileByteCountMax), path: path)
    }

    /// Reads one from JSON; `path` is what errors name.
    public init(json: [UInt8], path: String) throws(ResultFileError) {
        self = try ResultFileError.reading(path) { () throws(ResultJSON.Problem) in
            try ResultJSON.decode(json, as: GateResult.self, format: Self.currentFormat)
        }
        if let (jsonPath, what) = firstContradiction() {
            throw ResultFileError(.damaged(jsonPath: jsonPath, what: what), path: path)
        }
    }

    /// The gate as JSON.
    public func json() throws(ResultFileError) -> [UInt8] {
        do { return try ResultJSON.encode(self) } catch {
            throw ResultFileError(.notAResult("it can't be encoded: \(error)"), path: "gate")
        }
    }

    /// More rounds of slices than anyone may ask for.
    private static let sliceCountMax = 1_000
    /// More than any budget allows.
    private static let pairNsMax: UInt64 = 1 << 53
    /// Their sum over all pairs is not to overflow.
    private static let standstillsMax = 1 << 31

    /// The first place where what is said and what is there disagree.
    private func firstContradiction() -> (jsonPath: String, what: String)? {
        if sides.count != 2 { return ("sides", "\(sides.count) sides, not a baseline and a candidate") }
        if disturbedPairs < 0 { return ("disturbedPairs", "less than 0") }
        for (index, row) in rows.enumerated() where !(row.margin > 0) {
            return ("rows[\(index)].margin", "no margin above 0")
        }
        if !(1...Self.sliceCountMax).contains(plan.sliceCount) {
            return ("plan.sliceCount", "not from 1 to \(Self.sliceCountMax)")
        }
        for (index, pair) in pairs.enumerated() {
            let path = "pairs[\(index)]"
            if pair.figures.count != rows.count {
                return ("\(path).figures", "\(pair.figures.count) figures of \(rows.count) rows")
            }
            if let sliceNs = pair.sliceNs, !(1...Self.pairNsMax).contains(sliceNs) {
                return ("\(path).sliceNs", "no length that a slice has")
            }
            if max(pair.durationNs, pair.roundNs) > Self.pairNsMax { return (path, "longer than any pair takes") }
            let counts = [pair.baselineStandstills, pair.candidateStandstills]
            let saturated = pair.saturated.map { [$0.baseline, $0.candidate] } ?? []
            if !counts.allSatisfy((0...Self.standstillsMax).contains) { return (path, "no number of standstills") }
            if !saturated.allSatisfy((0...Self.standstillsMax).contains) {
                return ("\(path).saturated", "no number of slices")
            }
            if let row = pair.figures.firstIndex(where: { !$0.isPossible }) {
                return ("\(path).figures[\(row)]", "a figure that no pair can have")
            }
        }
        if let simulated, simulated.gates < 1 || !(0...simulated.gates).contains(simulated.alarms) {
            return ("simulated", "\(simulated.alarms) alarms of \(simulated.gates) gates")
        }
        if pairs.count > GateCourse.calibrationPairCountMax { return ("pairs", "more than any gate measures") }
        return nil
    }
}

extension GatePair.Figure {
    /// Whether it can have been measured: means and ratios are made of such figures alone.
    fileprivate var isPossible: Bool {
        logRatio.magnitude <= Self.logRatioMax && sliceDeviation >= 0 && sliceDeviation <= Self.logRatioMax
            && sliceCount >= 1 && aloneCount >= 0 && [baseline, candidate].allSatisfy { $0 > 0 && $0.isFinite }
    }

    /// The logarithm of a ratio that no two sides have.
    private static let logRatioMax = 100.0
}

extension ResultFileError {
    /// Whether a gate or a calibration stands where a run's result was looked for.
    public var isAboutGate: Bool {
        if case .unknownFormat(let format) = code { format.hasPrefix("weir.gate/") } else { false }
    }
}

/// Keeps a gate or a calibration in a file of its own, as `ResultWriter` keeps a run.
public struct GateWriter: Sendable {
    /// Where it is written.
    public let path: String

    /// The folder, within that of the results, for what a purpose leaves.
    public static func folder(_ purpose: GateResult.Purpose) -> String {
        purpose == .gate ? "results/gates" : "results/calibrations"
    }

    /// Writes the begin to `path`, which must not exist, or to a new file in its purpose's folder.
    public init(path: String?, initial gate: GateResult) throws(ResultFileError) {
        let name = "\(ResultWriter.fileName(gate.scenario.name))-\(gate.startedAt.compact)"
        self.path = try ResultWriter.reserve(path, folder: Self.folder(gate.purpose), stem: name)
        do { try write(gate) } catch {
            discard()
            throw error
        }
    }

    /// Puts the gate as it stands now in the file's place.
    public func write(_ gate: GateResult) throws(ResultFileError) {
        let bytes = try gate.json()
        do { try FileSystem.replace(path, with: bytes) } catch { throw .refusal(error.number, path: path) }
    }

    /// Removes the file of a gate that gave nothing.
    public func discard() { FileSystem.remove(path) }
}

extension GateResult {
    /// How many calibrations are looked through.
    private static let calibrationCountMax = 1_000

    /// What is said of the newest calibration of this host, or that there is none.
    public static func citation(of path: String?) -> String {
        path.map { "the newest calibration of this host: \($0)" }
            ?? "there is no calibration of this host: weir calibrate tells which effects it can find"
    }

    /// The newest calibration of a host among those that are kept, with its file: of the scenario of
    /// this name or, without a name, of any.
    ///
    /// A file that cannot be read is none.
    public static func newestCalibration(
        of host: HostDescription = .current(), scenario: String? = nil,
        in folder: String = GateWriter.folder(.calibration)
    ) -> (path: String, calibration: GateResult)? {
        // Without the folder there is none yet.
        let names = (try? FileSystem.names(in: folder))?.filter { $0.hasSuffix(".json") } ?? []
        let found = names.prefix(calibrationCountMax).compactMap { name -> (path: String, calibration: GateResult)? in
            let path = "\(folder)/\(name)"
            guard let gate = try? GateResult(path: path), gate.purpose == .calibration, !gate.pairs.isEmpty,
                gate.host.isSameMachine(as: host), scenario == nil || gate.scenario.name == scenario
            else { return nil }
            return (path, gate)
        }
        return found.max { $0.calibration.startedAt.description < $1.calibration.startedAt.description }
    }
}

extension HostDescription {
    /// Whether it is the same machine, as far as figures go: kernels and systems are updated.
    fileprivate func isSameMachine(as other: HostDescription) -> Bool {
        name == other.name && cpuModel == other.cpuModel && coreCount == other.coreCount
    }
}
