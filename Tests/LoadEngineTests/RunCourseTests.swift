import Results
import Testing

@testable import LoadEngine

/// Repeats' outcomes in, how the run goes on out.
@Suite struct RunCourseTests {
    typealias Place = RunCourse.Place
    let one = Place(experiment: 0, cell: 0), two = Place(experiment: 0, cell: 1), other = Place(experiment: 1, cell: 0)
    let mute = InvalidReason(.timedOut, "no answer within 1000 ms, broker 127.0.0.1:9092")
    let hungUp = InvalidReason(.connectionFailed, "Produce: the broker closed the connection, t-3 (17 records)")
    let wrong = InvalidReason(.countsDisagree, "acknowledged 3, but end offsets moved by 2")

    @Test func whatIsValidOrWrongForOtherReasonsGoesOn() {
        var course = RunCourse()
        for _ in 1...5 {
            #expect(course.repeatEnded([], of: one, on: "a") == .goOn)
            #expect(course.repeatEnded([wrong], of: two, on: "a") == .goOn)
        }
    }

    @Test func theSameFaultTwiceRunningEndsTheCell() {
        var course = RunCourse()
        #expect(course.repeatEnded([mute], of: one, on: "a") == .goOn)
        #expect(course.repeatEnded([], of: two, on: "a") == .goOn)
        #expect(course.repeatEnded([wrong, mute], of: one, on: "a") == .endCell(mute))
        // The others go on.
        #expect(course.repeatEnded([], of: two, on: "a") == .goOn)
    }

    /// It would be so in every repeat to come; a cell that stays below the quota is none the worse,
    /// nor is the target.
    @Test func aQuotaThatHeldTwoRepeatsBackEndsTheirCellAlone() {
        var course = RunCourse()
        let first = InvalidReason(.throttled, "a quota held the client back for 19 s in a window of 8.8 s")
        let second = InvalidReason(.throttled, "a quota held the client back for 0.6 s in a window of 20 s")
        for cell in [one, two, other] {
            #expect(course.repeatEnded([first], of: cell, on: "a") == .goOn)
            #expect(course.repeatEnded([wrong, second], of: cell, on: "a") == .endCell(second))
        }
        #expect(course.repeatEnded([mute], of: Place(experiment: 2, cell: 0), on: "a") == .goOn)
        #expect(course.repeatEnded([mute], of: Place(experiment: 2, cell: 0), on: "a") == .endCell(mute))
    }

    @Test func figuresAndPlacesMayDiffer() {
        var course = RunCourse()
        let again = InvalidReason(.connectionFailed, "Produce: the broker closed the connection, t-11 (4 records)")
        #expect(course.repeatEnded([hungUp], of: one, on: "a") == .goOn)
        #expect(course.repeatEnded([again], of: one, on: "a") == .endCell(again))
    }

    @Test func anotherFaultOrAValidRepeatInBetweenGoesOn() {
        var course = RunCourse()
        for reasons in [[mute], [hungUp], [mute], [], [mute], [wrong], [mute]] {
            #expect(course.repeatEnded(reasons, of: one, on: "a") == .goOn)
        }
        #expect(course.repeatEnded([mute], of: one, on: "a") == .endCell(mute))
    }

    @Test func oneCellsFaultIsNotAnothers() {
        var course = RunCourse()
        for cell in [one, two, other] { #expect(course.repeatEnded([mute], of: cell, on: "a") == .goOn) }
    }

    @Test func twoCellsOfATargetEndTheRun() {
        var course = RunCourse()
        for cell in [one, other] { _ = course.repeatEnded([mute], of: cell, on: "a") }
        #expect(course.repeatEnded([mute], of: one, on: "a") == .endCell(mute))
        let run = InvalidReason(.timedOut, "2 cells failed at a, the last by: \(mute.detail)")
        #expect(course.repeatEnded([mute], of: other, on: "a") == .endRun(cell: mute, run: run))
    }

    @Test func cellsOfTwoTargetsDoNot() {
        var course = RunCourse()
        for (cell, target) in [(one, "a"), (two, "b")] {
            #expect(course.repeatEnded([hungUp], of: cell, on: target) == .goOn)
            #expect(course.repeatEnded([hungUp], of: cell, on: target) == .endCell(hungUp))
        }
    }

    @Test func commitsThatWereNotPutBackEndTheirCellAtOnce() {
        var course = RunCourse()
        let left = InvalidReason(.notPutBack, "the commits of group 'g' were not put back: no right to")
        #expect(course.repeatEnded([wrong, left], of: one, on: "a") == .endCell(left))
        #expect(course.repeatEnded([], of: two, on: "a") == .goOn)
    }

    @Test func aTopicThatIsGoneEndsItsCellAtOnceAndNoTarget() {
        var course = RunCourse()
        let gone = InvalidReason(.topicGone, "topic t was deleted while it was measured")
        for cell in [one, two, other] {
            #expect(course.repeatEnded([gone, mute], of: cell, on: "a") == .endCell(gone))
        }
    }

    @Test func aCellThatCannotBeMadeReadyEndsAndOtherReasonsEndTheRun() {
        var course = RunCourse()
        #expect(course.openingFailed(mute, of: one, on: "a") == .endCell(mute))
        let no = InvalidReason(.failed, "CreateTopics: POLICY_VIOLATION")
        #expect(course.openingFailed(no, of: two, on: "a") == .endRun(cell: no, run: no))
        _ = course.repeatEnded([hungUp], of: other, on: "a")
        guard case .endRun = course.repeatEnded([hungUp], of: other, on: "a") else {
            return #expect(Bool(false), "two cells of a target have failed")
        }
    }
}
