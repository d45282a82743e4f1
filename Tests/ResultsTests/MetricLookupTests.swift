import Results
import Testing

@Suite struct MetricLookupTests {
    @Test(arguments: [
        (ExperimentResult.Kind.produce, "ack p99", "ack.p99"), (.produce, "records/s", "recordsPerSecond"),
        (.produce, " client  CPU/record ", "clientCPUPerRecord"), (.start, "first record p99", "firstRecord.p99"),
        (.start, "wrong starts", "offset.wrong"), (.endToEnd, "end to end p99.9", "endToEnd.p99.9"),
        (.start, "requests/start", "requestsPerStart"), (.consume, "MB/s", "megabytesPerSecond"),
        (.produce, "retries", "retries"), (.produce, "Produce/record", "requests.Produce"),
    ])
    func findsAFigureByItsTitle(kind: ExperimentResult.Kind, title: String, key: String) throws {
        #expect(try MetricCatalogue(kind).metric(titled: title).key == key)
    }

    @Test func saysWhatWasMeant() {
        let error = #expect(throws: UnknownMetric.self) { try MetricCatalogue(.produce).metric(titled: "ack p98") }
        #expect(error?.nearest == "ack p99" && error?.elsewhere == [])
        #expect(error?.description == "no figure is called 'ack p98' (did you mean 'ack p99'?)")
        let strange = #expect(throws: UnknownMetric.self) { try MetricCatalogue(.produce).metric(titled: "happiness") }
        #expect(strange?.description == "no figure is called 'happiness'")
    }

    @Test func saysWhereAFigureIsAtHome() {
        let error = #expect(throws: UnknownMetric.self) { try MetricCatalogue(.produce).metric(titled: "wrong starts") }
        #expect(error?.elsewhere == [.start])
        #expect(error?.description == "'wrong starts' is no figure of producing: it is one of consumer starts")
    }
}
