/// Reads typed values out of checked nodes, whose texts are in their one spelling.
struct CellReader {
    let node: Node?

    init(_ node: Node?) {
        self.node = node
    }

    subscript(key: String) -> CellReader { CellReader(node?[key]) }

    var mark: Mark? { node?.mark }
    var isAbsent: Bool { node == nil }
    /// Whether something about it was wrong, and said already.
    var isDoubtful: Bool { node?.isDeeplyDamaged == true }
    var text: String? { node?.text }

    var count: Int? {
        switch quantity {
        case .number(let count), .records(let count), .byteSize(let count): Int(exactly: count)
        default: nil
        }
    }

    var number: UInt64? {
        guard case .number(let number) = quantity else { return nil }
        return number
    }

    var ns: UInt64? {
        guard case .time(let ns) = quantity else { return nil }
        return ns
    }

    var perSecond: Double? {
        guard case .rate(let perSecond) = quantity else { return nil }
        return perSecond
    }

    var share: Double? {
        guard case .share(let share) = quantity else { return nil }
        return share
    }

    /// Kafka's options that stand here.
    var options: [String: String] {
        let pairs = (node?.entries ?? []).compactMap { entry in entry.value.text.map { (entry.key, $0) } }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    private var quantity: Quantity? { text.flatMap { Quantity($0) } }
}

/// Values that are without effect in some cells: worth a word, or refused, only when
/// they are in all.
struct IneffectiveOptions {
    private var flagged: [(mark: Mark, message: String, isError: Bool)] = []
    private var effective: [Bool: Set<Mark>] = [:]

    /// Notes whether the value at a place has an effect in this cell.
    // The message is no autoclosure: the optimiser of Swift 6.3.1 fails on one here.
    mutating func note(_ mark: Mark?, hasEffect: Bool, _ message: String, isError: Bool = false) {
        guard let mark else { return }
        if hasEffect {
            effective[isError, default: []].insert(mark)
        } else if !flagged.contains(where: { $0.mark == mark && $0.isError == isError }) {
            flagged.append((mark, message, isError))
        }
    }

    func report(to problems: inout Problems) {
        for (mark, message, isError) in flagged where effective[isError]?.contains(mark) != true {
            if isError { problems.error(mark, message) } else { problems.warn(mark, message) }
        }
    }
}
