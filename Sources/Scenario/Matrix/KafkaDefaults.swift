/// The defaults and rules of Kafka's Java client 4.3 for producers and consumers.
extension CellBuilder {
    /// A producer's options with the defaults filled in.
    mutating func producer(_ section: CellReader) -> [String: String] {
        let given = section.options
        var all = Self.filled(given, KafkaOption.producer)
        fillLevel(section, &all)
        fillIdempotence(section, given, &all)
        fillDeliveryTimeout(section, given, &all)
        noteBackoff(section, all)
        return all
    }

    /// A consumer's options with the defaults filled in.
    mutating func consumer(_ section: CellReader) -> [String: String] {
        let all = Self.filled(section.options, KafkaOption.consumer)
        noteBackoff(section, all)
        if let wait = all.number("fetch.max.wait.ms"), let timeout = all.number("request.timeout.ms"), wait >= timeout {
            problems.error(
                section["fetch.max.wait.ms"].mark ?? section.mark ?? mark,
                "fetch.max.wait.ms \(wait) leaves no time for an answer within request.timeout.ms \(timeout)")
        }
        return all
    }

    private static func filled(_ given: [String: String], _ options: [KafkaOption]) -> [String: String] {
        let standards = options.compactMap { option in option.standard.map { (option.name, $0) } }
        return given.merging(standards, uniquingKeysWith: { given, _ in given })
    }

    private static let levels = ["gzip": "-1", "lz4": "9", "zstd": "3"]

    /// Only the level of the codec at work counts, and is kept.
    private mutating func fillLevel(_ section: CellReader, _ all: inout [String: String]) {
        for (codec, standard) in Self.levels {
            let key = "compression.\(codec).level"
            let isUsed = all["compression.type"] == codec
            ineffective.note(
                section[key].mark, hasEffect: isUsed, "\(key) has no effect without compression.type \(codec)")
            all[key] = isUsed ? all[key] ?? standard : nil
        }
    }

    /// `acks` other than all and `retries: 0` turn the default of idempotence off; what was asked
    /// for they contradict.
    private mutating func fillIdempotence(
        _ section: CellReader, _ given: [String: String], _ all: inout [String: String]
    ) {
        guard all["enable.idempotence"] == "true" else { return }
        let asked = given["enable.idempotence"] != nil
        let mark = (asked ? section["enable.idempotence"].mark : nil) ?? section.mark ?? self.mark
        if let acks = all["acks"], acks != "all" {
            if asked { problems.error(mark, "enable.idempotence: true needs acks: all, and acks is \(acks)") }
            all["enable.idempotence"] = "false"
        }
        if all["retries"] == "0" {
            if asked { problems.error(mark, "enable.idempotence: true needs retries, and retries is 0") }
            all["enable.idempotence"] = "false"
        }
        // A misspelt `enable.idempotence` was named already, and may have said false.
        let isKnown = asked || section.node?.isDamaged != true
        if isKnown, let inFlight = all.number("max.in.flight.requests.per.connection"), inFlight > 5 {
            let hint = asked ? "" : " (it is true by default: say enable.idempotence: false)"
            problems.error(
                section["max.in.flight.requests.per.connection"].mark ?? mark,
                "max.in.flight.requests.per.connection \(inFlight) is beyond the 5 of enable.idempotence: true\(hint)")
        }
    }

    private mutating func fillDeliveryTimeout(
        _ section: CellReader, _ given: [String: String], _ all: inout [String: String]
    ) {
        guard let delivery = all.number("delivery.timeout.ms"), let linger = all.number("linger.ms"),
            let request = all.number("request.timeout.ms"), delivery < linger + request
        else { return }
        let least = min(linger + request, Int64(Int32.max))
        if given["delivery.timeout.ms"] != nil {
            problems.error(
                section["delivery.timeout.ms"].mark ?? mark,
                "delivery.timeout.ms \(delivery) is below linger.ms + request.timeout.ms, \(least)")
        }
        all["delivery.timeout.ms"] = String(least)
    }

    private mutating func noteBackoff(_ section: CellReader, _ all: [String: String]) {
        for name in ["retry.backoff", "reconnect.backoff"] {
            guard let first = all.number("\(name).ms"), let most = all.number("\(name).max.ms"), first > most else {
                continue
            }
            problems.warn(
                section["\(name).ms"].mark ?? section["\(name).max.ms"].mark ?? mark,
                "\(name).ms \(first) is above \(name).max.ms \(most), which it is cut to")
        }
    }
}

extension [String: String] {
    /// An option's value as a whole number.
    func number(_ key: String) -> Int64? { self[key].flatMap { Int64($0) } }
}
