import Measurement
import Results
import Testing

@Suite struct MetricCatalogueTests {
    @Test(arguments: ExperimentResult.Kind.allCases)
    func everyKeyAndTitleStandsOnce(kind: ExperimentResult.Kind) {
        let metrics = MetricCatalogue(kind).metrics
        #expect(Set(metrics.map(\.key)).count == metrics.count)
        #expect(Set(metrics.map(\.title)).count == metrics.count)
        #expect(metrics.allSatisfy { !$0.name.isEmpty && !$0.about.isEmpty && !$0.about.hasSuffix(".") })
    }

    /// One key means one thing: its unit and its better way are the same whatever is measured.
    @Test func keysMeanTheSameInEveryExperiment() {
        for metric in ExperimentResult.Kind.allCases.flatMap({ MetricCatalogue($0).metrics }) {
            let first = MetricCatalogue.all.first { $0.key == metric.key }
            #expect(first?.unit == metric.unit && first?.better == metric.better && first?.kind == metric.kind)
        }
    }

    @Test func takesFiguresFromARepeat() throws {
        let made = try Complete.produceRepeat()
        let catalogue = MetricCatalogue(.produce, of: [made])
        func value(_ key: String) -> Double? { catalogue[key]?.value(made) }
        #expect(value("recordsPerSecond") == 5 && value("megabytesPerSecond") == 0.0005)
        #expect(value("ack.p50") == 2000 && value("ack.p99") == value("ack.max"))
        #expect(value("serviceTime.p50") == nil)
        #expect(value("clientCPUPerRecord") == 0.1 && value("brokerCPUPerRecord") == 0.2)
        #expect(value("connectionsOpened") == 3 && value("connectionsPerRecord") == 0.3)
        #expect(value("bytesSentPerRecord") == 0.1 && value("bytesReceivedPerRecord") == 0.2)
        #expect(value("requests.Produce") == 1 && value("requests.Metadata") == 0.1)
        #expect(value("requests.Fetch") == nil && value("requestsPerRecord") == 1.1)
        #expect(value("recordsPerBatch") == 3)
        #expect(value("retries") == 4 && value("throttledAnswers") == 5 && value("throttledNs") == 6)
        #expect(value("splitBatches") == 9 && value("standstillNs") == 10)
        #expect(value("failedRecords") == 1 && value("longestGapNs") == 7 && value("othersCores") == 4e-9)
        #expect(value("step.connect") == 9.9 && value("step.sum") == 9.9)
        #expect(value("peakMemoryBytes") == 6 && value("brokerMemoryBytes") == 7)
    }

    @Test func takesFiguresFromStarts() throws {
        let made = try #require(try Complete.start().cells[0].repeats.first)
        let catalogue = MetricCatalogue(.start, of: [made])
        func value(_ key: String) -> Double? { catalogue[key]?.value(made) }
        #expect(value("offset.checked") == 4 && value("offset.wrong") == 2 && value("offset.widest") == 1)
        #expect(value("replayedRecords") == 0 && value("unreadRecords") == 6)
        #expect(value("firstRecord.max") == 40 && value("ready.p50") == 30)
        #expect(value("step.connect") == 10.5 && value("step.OffsetFetch") == 4.5 && value("step.sum") == 40)
        #expect(catalogue["recordsPerSecond"] == nil)
    }

    @Test func consumersAreMeasuredByWhatTheyReceive() {
        var made = Repeat(round: 1, windowNs: 1_000_000_000)
        made.counts = WindowCounts(acknowledged: 7, consumed: 10, consumedBytes: 2_000_000)
        for kind in [ExperimentResult.Kind.consume, .endToEnd] {
            #expect(MetricCatalogue(kind)["recordsPerSecond"]?.value(made) == 10)
            #expect(MetricCatalogue(kind)["megabytesPerSecond"]?.value(made) == 2)
        }
        #expect(MetricCatalogue(.endToEnd)["producedPerSecond"]?.value(made) == 7)
        #expect(MetricCatalogue(.produce)["recordsPerSecond"]?.value(made) == 7)
    }

    @Test func nothingIsTakenFromNothing() {
        let made = Repeat(round: 1, windowNs: 0)
        for kind in ExperimentResult.Kind.allCases {
            let values = MetricCatalogue(kind, of: [made]).metrics.compactMap { $0.value(made) }
            #expect(values.allSatisfy { $0 == 0 }, "\(kind)")
        }
    }

    @Test func aPercentileWantsTenSamplesBeyondIt() throws {
        let p99 = try #require(MetricCatalogue(.produce)["ack.p99"])
        #expect(p99.kind == .percentile(99, of: .acknowledgement))
        for (count, isSupported) in [(999, false), (1000, true)] {
            var made = Repeat(round: 1, windowNs: 1)
            made.latencies = [
                try LatencyRecord(.acknowledgement, Complete.histogram(Array(repeating: 5, count: count)))
            ]
            #expect(p99.isSupported(by: made) == isSupported)
        }
        #expect(!p99.isSupported(by: Repeat(round: 1, windowNs: 1)))
    }
}

@Suite struct StepMeansTests {
    @Test func stepsOfStartsCountFromTheOneBefore() throws {
        var made = Repeat(round: 1, windowNs: 1)
        made.starts = StartsRecord(
            milestones: ["a", "b", "c", "d"], reachedAtNs: [[10, nil, 30, nil], [20, 25, 30, nil]])
        let steps = try #require(StepMeans(made))
        #expect(steps.per == "start" && steps.names == ["a", "b", "c", "d"])
        // b was made by one of two starts, and its mean is over both, so that the means sum to the
        // whole.
        #expect(steps.meansNs == [15, 2.5, 12.5, nil] && steps.totalNs == 30)
        #expect(steps.meanNs("b") == 2.5 && steps.meanNs("d") == nil && steps.meanNs("e") == nil)
    }

    @Test func stepsOfABreakdownAreOverAllLives() throws {
        var made = Repeat(round: 1, windowNs: 1)
        #expect(StepMeans(made) == nil)
        made.breakdown = Breakdown(
            per: "client", count: 4,
            steps: [.init(name: "connect", count: 4, totalNs: 40), .init(name: "idle", count: 0, totalNs: 0)])
        #expect(StepMeans(made)?.meansNs == [10, nil] && StepMeans(made)?.per == "client")
        made.breakdown?.count = 0
        #expect(StepMeans(made) == nil)
    }

    @Test func theLongestListGivesTheOrder() {
        func made(_ names: [String]) -> Repeat {
            var made = Repeat(round: 1, windowNs: 1)
            made.breakdown = Breakdown(per: "r", count: 1, steps: names.map { .init(name: $0, count: 1, totalNs: 1) })
            return made
        }
        let repeats = [made(["send", "close"]), made(["open", "send", "close"]), made(["other"])]
        let steps = MetricCatalogue(.produce, of: repeats).metrics(in: .steps)
        #expect(steps.map(\.key) == ["step.open", "step.send", "step.close", "step.other", "step.sum"])
    }
}
