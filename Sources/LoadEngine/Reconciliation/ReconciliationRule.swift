import Results

/// The rule by which a repeat's counts must agree, and its words where they do not.
///
/// Acknowledged = end-offset delta = read back. Records with an unknown outcome may be stored or not,
/// so acknowledged ≤ delta ≤ attempted with them; with `acks=0` nothing is known of any record, and
/// the difference is only reported.
struct ReconciliationRule {
    let counts: Reconciliation
    let acksNone: Bool
    let waivesCodec: Bool

    /// What is wrong, a reason for each; empty when everything agrees.
    func disagreements() -> [InvalidReason] {
        offsets() + readBack() + failures() + codec()
    }

    private func offsets() -> [InvalidReason] {
        guard let delta = counts.endOffsetDelta else { return [] }
        if acksNone {
            guard delta > counts.attempted else { return [] }
            return [InvalidReason(.countsDisagree, "end offsets moved by \(delta), only \(counts.attempted) were sent")]
        }
        if counts.unknownOutcomes == 0 {
            guard delta != counts.acknowledged else { return [] }
            return [
                InvalidReason(.countsDisagree, "acknowledged \(counts.acknowledged), but end offsets moved by \(delta)")
            ]
        }
        guard delta < counts.acknowledged || delta > counts.acknowledged + counts.unknownOutcomes else { return [] }
        return [
            InvalidReason(
                .countsDisagree,
                "acknowledged \(counts.acknowledged) and \(counts.unknownOutcomes) unknown, "
                    + "but end offsets moved by \(delta)")
        ]
    }

    private func readBack() -> [InvalidReason] {
        guard let read = counts.readBack else { return [] }
        if acksNone, counts.endOffsetDelta == nil {
            guard read > counts.attempted else { return [] }
            return [
                InvalidReason(.countsDisagree, "a consumer read back \(read), only \(counts.attempted) were sent")
            ]
        }
        let stored = counts.endOffsetDelta ?? counts.acknowledged
        guard read != stored else { return [] }
        return [InvalidReason(.countsDisagree, "stored \(stored), but a consumer read back \(read)")]
    }

    private func failures() -> [InvalidReason] {
        var reasons: [InvalidReason] = []
        if counts.failed > 0 { reasons.append(InvalidReason(.recordsFailed, "\(counts.failed) records failed")) }
        if counts.unknownOutcomes > 0, !acksNone {
            reasons.append(InvalidReason(.recordsFailed, "the outcome of \(counts.unknownOutcomes) records is unknown"))
        }
        return reasons
    }

    private func codec() -> [InvalidReason] {
        guard let expected = counts.codecExpected, !waivesCodec else { return [] }
        let others = counts.codecsStored.filter { $0.key != expected && $0.value > 0 }
        guard !others.isEmpty else { return [] }
        let found = others.sorted { $0.key < $1.key }.map { "\($0.value) batches \($0.key)" }.joined(separator: ", ")
        return [InvalidReason(.wrongCodec, "expected \(expected), stored: \(found)")]
    }
}
