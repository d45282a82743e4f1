/// A queue on an array, whose front is taken without moving the rest.
struct Fifo<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var isEmpty: Bool { head == elements.count }
    var count: Int { elements.count - head }
    var first: Element? { isEmpty ? nil : elements[head] }

    /// Puts others in the place of the first element that is wanted, which takes as long as the
    /// queue is.
    mutating func replace(_ others: [Element], where isWanted: (Element) -> Bool) {
        guard let at = elements[head...].firstIndex(where: { $0.map(isWanted) == true }) else { return }
        elements.replaceSubrange(at...at, with: others.map { $0 })
    }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = elements[head]
        elements[head] = nil
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1_024, head * 2 > elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }
}
