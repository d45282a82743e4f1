import BenchmarkPlan
import Testing

@Suite struct PeerReportTests {
    @Test func throughputIsRead() throws {
        let report = try PeerReport(
            output:
                "a word before\n{\"peer\":\"librdkafka\",\"version\":\"2.0.2\",\"records\":10,\"payloadBytes\":1000,"
                + "\"wallNs\":5,\"cpuNs\":4,\"failed\":0}\n")
        #expect(report.version == "2.0.2")
        #expect(report.records == 10)
        #expect(report.flaw == nil)
        var sample = Sample(cell: "c", contestant: .librdkafkaDebian, round: 1)
        sample.enter(report)
        #expect(sample.payloadBytes == 1_000)
        #expect(sample.failure == nil)
    }

    @Test func samplesAndFiguresOfItsOwnAreRead() throws {
        let starts = try PeerReport(output: "{\"peer\":\"floor\",\"trips\":3,\"samplesNs\":[3,1,2],\"cpuNs\":4}")
        #expect(starts.samplesNs == [3, 1, 2])
        #expect(starts.figures == ["trips": 3])
        let codec = try PeerReport(output: "{\"peer\":\"floor\",\"compressNsPerByte\":0.5,\"codec\":\"lz4\"}")
        #expect(codec.figures == ["compressNsPerByte": 0.5])
        #expect(codec.flaw == nil)
    }

    @Test(arguments: [
        ("{\"records\":10,\"failed\":2}", "2 records failed"), ("{\"records\":0}", "no record within the window"),
        ("{\"samplesNs\":[]}", "it reports no samples"), ("{}", "it reports neither records nor samples"),
    ])
    func whatDoesNotCountHasAReason(output: String, flaw: String) throws {
        #expect(try PeerReport(output: output).flaw == flaw)
    }

    @Test(arguments: ["", "nothing", "{\"records\":\"many\"}", "{broken"])
    func whatIsNoReportIsRefused(output: String) {
        #expect(throws: PeerReportError.self) { try PeerReport(output: output) }
    }

    @Test func perfToolsOutputIsRead() {
        let produced = """
            1445431 records sent, 289028.2 records/sec (27.56 MB/sec), 5.3 ms avg latency, 300.0 ms max latency.
            3000000 records sent, 300000.0 records/sec (28.61 MB/sec), 4.10 ms avg latency, 300.00 ms max latency, 1 ms 50th.
            """
        #expect(PerfToolOutput.producerWallNs(produced, records: 3_000_000) == 10_000_000_000)
        #expect(PerfToolOutput.producerWallNs(produced, records: 3_000_001) == nil)
        let consumed =
            "2026-01-01 10:00:00:123, 2026-01-01 10:00:05:123, 95.3, 19.1, 1000000, 200000.0, 3500, 1500, 63.5, 666666.7\n"
        #expect(PerfToolOutput.consumerWallNs(consumed, records: 1_000_000) == 1_500_000_000)
        #expect(PerfToolOutput.consumerWallNs(consumed, records: 1_000_001) == nil)
        #expect(PerfToolOutput.consumerWallNs("WARNING: exiting before consuming\n", records: 1) == nil)
    }

    @Test func memoryIsFlatWhereItsLastThirdIsAsItsMiddle() {
        var series = MemorySeries()
        for byteCount: UInt64 in [1, 2, 3, 10, 10, 10, 10, 12, 11] { series.add(byteCount) }
        #expect(series.growth == 1.2)
        var short = MemorySeries()
        for byteCount: UInt64 in 1...8 { short.add(byteCount) }
        #expect(short.growth == nil)
    }
}
