import Results
import Testing

@testable import LoadEngine

@Suite struct EndToEndRepeatTests {
    /// Why a repeat is invalid that sent and stored and received so many.
    private func reasons(sent: Int64, stored: Int64?, arrived: Int, acksNone: Bool) throws -> [InvalidReason.Code] {
        var result = Repeat(round: 1, windowNs: 1, counts: WindowCounts(attempted: sent))
        var outcome = ConsumeOutcome()
        outcome.count(arrived, atNs: 0)
        try result.enterArrivals(outcome, stored: stored, acksNone: acksNone)
        return result.invalidReasons.map(\.code)
    }

    @Test(arguments: [true, false]) func whatIsSentStoredAndReceivedAlikeIsValid(acksNone: Bool) throws {
        #expect(try reasons(sent: 5, stored: 5, arrived: 5, acksNone: acksNone).isEmpty)
    }

    @Test(arguments: [4, nil] as [Int64?]) func aLossThatNobodyAcknowledgedIsSeen(stored: Int64?) throws {
        #expect(try reasons(sent: 5, stored: stored, arrived: 4, acksNone: true) == [.countsDisagree])
    }

    @Test func whereRecordsAreAcknowledgedTheBooksSayWhatIsMissing() throws {
        #expect(try reasons(sent: 5, stored: 4, arrived: 4, acksNone: false).isEmpty)
    }

    @Test func whatIsStoredMustArrive() throws {
        #expect(try reasons(sent: 5, stored: 5, arrived: 4, acksNone: false) == [.countsDisagree])
    }
}
