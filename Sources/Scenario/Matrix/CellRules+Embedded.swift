/// Options of the embedded broker that say nothing, or too much, beside each other.
extension CellBuilder {
    private static let slowing = [
        "weir.request.delay.ms", "weir.request.delay.slow.ms", "weir.request.stall.ms", "weir.request.cpu.ms",
    ]

    mutating func checkEmbedded(_ cell: CellDraft) {
        guard case .embedded(let options) = cell.target else { return }
        func number(_ name: String) -> Double { options[name].flatMap(Double.init) ?? 0 }
        noteNeed(
            "weir.request.delay.slow.ratio", isMet: number("weir.request.delay.slow.ms") > 0,
            "without weir.request.delay.slow.ms")
        noteNeed(
            "weir.request.stall.interval.ms", isMet: number("weir.request.stall.ms") > 0,
            "without weir.request.stall.ms")
        noteNeed(
            "weir.request.api", isMet: Self.slowing.contains { number($0) > 0 },
            "without one of \(Self.slowing.joined(separator: ", "))")
        for name in ["quota.window.num", "quota.window.size.seconds"] {
            noteNeed(
                name, isMet: options["producer_byte_rate"] != nil || options["consumer_byte_rate"] != nil,
                "without producer_byte_rate or consumer_byte_rate")
        }
        let intervalMs = options["weir.request.stall.interval.ms"].flatMap(Double.init) ?? 10_000
        if number("weir.request.stall.ms") >= intervalMs {
            problems.error(
                embedded["weir.request.stall.ms"].mark ?? mark,
                "weir.request.stall.ms must be less than weir.request.stall.interval.ms, \(DecimalNumber.text(intervalMs))"
            )
        }
    }

    private var embedded: CellReader { root["target"]["embedded"] }

    private mutating func noteNeed(_ name: String, isMet: Bool, _ without: String) {
        ineffective.note(
            embedded[name].mark, hasEffect: isMet, "\(name) has no effect \(without)", isError: true)
    }
}
