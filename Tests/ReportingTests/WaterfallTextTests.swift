import Measurement
import Reporting
import Testing

@Suite struct WaterfallTextTests {
    @Test func barsLieWhereTheirTimeLies() {
        let waterfall = Waterfall(
            [
                .init("TCP", 0, 1_000_000), .init("Join", 1_000_000, 8_000_000, .brokerWait),
                .init("Fetch", 9_000_000, 10_000_000),
            ], from: 0, to: 10_000_000)
        let lines = WaterfallText(width: 10, isUnicode: false).lines("cold", WaterfallSummary([waterfall]))
        #expect(
            lines == [
                "cold: 1 in 10.0 ms on average",
                "  TCP           =           1.00 ms",
                "  Join           .......    7.00 ms",
                "  before Fetch          #   1.00 ms",
                "  Fetch                  =  1.00 ms",
            ])
        #expect(WaterfallText(isUnicode: false).legend == "# client  = exchange  . broker wait")
        #expect(WaterfallText().lines("warm", WaterfallSummary([])) == ["warm: nothing was measured"])
    }
}
