import Testing

@testable import KafkaBroker

@Suite struct FetchPurgatoryTests {
    private var purgatory = FetchPurgatory<String>()

    @Test mutating func wakesWhenEnoughCame() {
        let ticket = purgatory.wait(on: ["a", "b"], missingByteCount: 100)
        #expect(purgatory.appended(60, to: "a") == [])
        #expect(purgatory.appended(1000, to: "c") == [])
        #expect(purgatory.appended(39, to: "b") == [])
        #expect(purgatory.appended(1, to: "a") == [ticket])
        #expect(purgatory.appended(500, to: "a") == [])
        #expect(purgatory.count == 0)
    }

    @Test mutating func wakesSeveralOldestFirst() {
        let first = purgatory.wait(on: ["a"], missingByteCount: 1)
        let second = purgatory.wait(on: ["a", "b"], missingByteCount: 10)
        let third = purgatory.wait(on: ["a"], missingByteCount: 11)
        #expect(purgatory.appended(10, to: "a") == [first, second])
        #expect(purgatory.appended(1, to: "a") == [third])
    }

    @Test mutating func countsAPartitionNamedTwiceOnce() {
        let ticket = purgatory.wait(on: ["a", "a"], missingByteCount: 10)
        #expect(purgatory.appended(9, to: "a") == [])
        #expect(purgatory.appended(1, to: "a") == [ticket])
    }

    @Test mutating func wakesTheDisturbed() {
        let ticket = purgatory.wait(on: ["a", "b"], missingByteCount: 100)
        _ = purgatory.wait(on: ["c"], missingByteCount: 100)
        #expect(purgatory.disturbed("b") == [ticket])
        #expect(purgatory.count == 1)
    }

    @Test mutating func removesOnce() {
        let ticket = purgatory.wait(on: ["a"], missingByteCount: 1)
        let removals = [purgatory.remove(ticket), purgatory.remove(ticket)]
        #expect(removals == [true, false])
        #expect(purgatory.appended(10, to: "a") == [])
    }
}
