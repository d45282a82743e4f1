import Testing

@testable import KafkaClient

@Suite struct AnswerWaitsTests {
    @Test func aStretchIsOneInWhichARequestWaitsAndNothingIsAnswered() {
        var waits = AnswerWaits(fromNs: 1_000)
        // Sent before the measuring began; then two at once, whose answers come one by one.
        waits.answered(sentNs: 200, askedNs: 0, atNs: 1_040)
        waits.answered(sentNs: 1_100, askedNs: 0, atNs: 1_200)
        waits.answered(sentNs: 1_100, askedNs: 0, atNs: 1_250)
        #expect(waits.longestNs == 100 && waits.usualNs == 45)
        waits.waits(sentNs: 1_300, askedNs: 0, atNs: 9_300)
        #expect(waits.longestNs == 8_000)
    }

    @Test func whatTheBrokerWasAskedToWaitIsNotItsSilence() {
        var waits = AnswerWaits(fromNs: 0)
        waits.answered(sentNs: 10, askedNs: 500, atNs: 505)
        #expect(waits.longestNs == 0)
        waits.answered(sentNs: 600, askedNs: 500, atNs: 1_150)
        #expect(waits.longestNs == 50)
    }
}
