import Foundation
import Results
import Testing

/// All that runs the program, one after the other: what they measure would suffer from company.
@Suite(.serialized, .timeLimit(.minutes(10))) enum EndToEnd {}

extension EndToEnd {
    /// `weir run` from the file to the result, on the embedded broker as a process of its own.
    @Suite struct RunTests {
        private func run(_ scenario: String, _ more: [String] = []) throws -> (WeirProcess, RunResult?) {
            let folder = try TemporaryFolder()
            let path = try folder.write(scenario, to: "scenario.yaml")
            let process = try WeirProcess.run(["run", path] + more, in: folder.path)
            return (process, try folder.resultFiles.first.map { try RunResult(path: $0) })
        }

        @Test func theQuickStartIsValidAndItsResultCanBeShownAgain() throws {
            let folder = try TemporaryFolder()
            let process = try WeirProcess.run(
                [
                    "run", "\(WeirProcess.root)/Scenarios/quickstart.yaml", "--set", "repeats=2", "--set", "for=300 ms",
                    "--set", "reuse/measure/warmup=100 ms", "--set", "starts=5", "--label", "build=42",
                ], in: folder.path)
            #expect(process.exitCode == 0, "\(process.errors)")
            let path = try #require(folder.resultFiles.first)
            let result = try RunResult(path: path)
            #expect(result.verdict == .valid)
            #expect(result.labels == ["build": "42"])
            #expect(result.experiments.map { $0.cells.count } == [3, 4])
            #expect(result.experiments.flatMap(\.cells).allSatisfy { $0.repeats.count == 2 })
            let shown = try WeirProcess.run(["show", path], in: folder.path)
            #expect(shown.exitCode == 0)
            #expect(shown.output.contains("committed"))
            #expect(process.output.contains("committed"))
        }

        @Test func everyRecordIsReconciledAndEachReCreationIsAConnection() throws {
            let (process, result) = try run(
                """
                weir: 1
                name: reuse
                measure: {warmup: 100 ms, for: 400 ms, repeats: 1}
                experiments:
                  reuse:
                    produce:
                      value: {size: 100 B}
                      load: {concurrency: 2}
                      recreate: {each: [never, {producer: 2 records}, {client: 1 record}]}
                      producer: {acks: all, linger.ms: 0}
                """)
            #expect(process.exitCode == 0, "\(process.errors)")
            for cell in try #require(result).experiments[0].cells {
                let once = try #require(cell.repeats.first)
                let books = try #require(once.reconciliation)
                #expect(books.acknowledged > 0)
                #expect(books.acknowledged == books.endOffsetDelta)
                #expect(books.readBack == books.endOffsetDelta)
                let lives = try #require(once.breakdown)
                if lives.per == "client" {
                    // Each life opens one connection; those under way at either edge of the window
                    // may be on one side only.
                    #expect(abs(once.traffic.connectionsOpened - lives.count) <= 2)
                } else {
                    #expect(once.traffic.connectionsOpened == 0)
                }
            }
        }

        @Test(arguments: ["none", "gzip", "snappy", "lz4", "zstd"])
        func everyCodecIsProducedStoredAndConsumed(codec: String) throws {
            let (process, result) = try run(
                """
                weir: 1
                name: codecs
                topic: {partitions: 2}
                measure: {warmup: 50 ms, for: 200 ms, repeats: 1}
                experiments:
                  produce:
                    produce: {value: {size: 200 B, random: 30 %}, load: unlimited, producer: {compression.type: \(codec)}}
                  consume:
                    topic: {preload: {records: 2000 records, value: {size: 200 B, random: 30 %}, producer: {compression.type: \(codec)}}}
                    consume: {consumer: {fetch.min.bytes: 1}}
                """)
            #expect(process.exitCode == 0, "\(process.errors)")
            let experiments = try #require(result).experiments
            let produced = try #require(experiments[0].cells[0].repeats[0].reconciliation)
            #expect(produced.codecsStored.keys.sorted() == [codec])
            #expect(produced.readBack == produced.acknowledged)
            let consumed = experiments[1].cells[0].repeats[0]
            #expect(consumed.counts.consumed > 0)
            #expect(consumed.reconciliation?.codecsStored.keys.sorted() == [codec])
        }

        @Test func anOpenLoopAndEndToEndKeepTheirBooks() throws {
            let (process, result) = try run(
                """
                weir: 1
                name: open
                measure: {warmup: 100 ms, for: 500 ms, repeats: 1}
                experiments:
                  both:
                    produce: {value: {size: 50 B}, load: {rate: 2000/s}}
                    consume: {consumer: {fetch.min.bytes: 1}}
                """)
            let once = try #require(result).experiments[0].cells[0].repeats[0]
            // A busy machine may make the generator late, and then the repeat must say so: the
            // books agree either way.
            #expect(process.exitCode == (once.isValid ? 0 : 1), "\(process.errors)")
            #expect(once.invalidReasons.allSatisfy { $0.code == .generatorLate }, "\(once.invalidReasons)")
            #expect(once.reconciliation?.readBack == once.reconciliation?.acknowledged)
            let arrivals = try #require(once.latency(.endToEnd))
            let acknowledged = try #require(once.latency(.acknowledgement))
            #expect(arrivals.count == acknowledged.count)
            #expect((950...1050).contains(arrivals.count))
        }

        @Test func startsAtATrimmedLogFollowTheRuleTable() throws {
            let (process, result) = try run(
                """
                weir: 1
                name: trimmed
                topic: {partitions: 3, trim: 50 records, preload: {records: 600 records, value: {size: 20 B}}}
                measure: {starts: 3, repeats: 1}
                experiments:
                  start:
                    start: {until: caught up, consumer: {auto.offset.reset: earliest}}
                    cases:
                      groupless: {start: {group: none}}
                      behind: {start: {committed: {behind: 30 records}}}
                      trimmed: {start: {committed: {at: 10}}}
                      reset: {start: {committed: {behind: 30 records}, reset: on start}}
                      trimmed-latest: {start: {until: first record, committed: {at: 10}, consumer: {auto.offset.reset: latest}}}
                """)
            #expect(process.exitCode == 0, "\(process.errors)")
            let cells = try #require(result).experiments[0].cells
            let observed = cells.map { $0.repeats[0].starts?.partitions[1].observed[0] }
            // The last adds a record to each partition with each start that is discarded: as many
            // as are measured, in a first repeat.
            #expect(observed == [50, 170, 50, 50, 203])
            #expect(cells[2].repeats[0].starts?.partitions[0].rule.contains("out of range") == true)
        }

        @Test func aStartThatMustBeRefusedIsAResult() throws {
            let (process, result) = try run(
                """
                weir: 1
                name: refused
                topic: {partitions: 2, trim: 50 records, preload: {records: 200 records, value: {size: 20 B}}}
                measure: {starts: 12, repeats: 2}
                experiments:
                  start:
                    start: {until: first record, consumer: {auto.offset.reset: none}}
                    cases:
                      new: {start: {}}
                      groupless: {start: {group: none}}
                      below: {start: {committed: {at: 10}}}
                      above: {start: {committed: {at: 5000}}}
                      reset: {start: {committed: {at: 70}, reset: on start}}
                      committed: {start: {committed: {at: 70}}}
                """)
            #expect(process.exitCode == 0, "\(process.errors)")
            let cells = try #require(result).experiments[0].cells
            #expect(cells.flatMap(\.repeats).allSatisfy { $0.isValid })
            let names = cells.map { $0.repeats[1].starts?.refusals.first?.error }
            let noOffset = "NoOffsetForPartitionException"
            #expect(names == [noOffset, noOffset, "OFFSET_OUT_OF_RANGE", "OFFSET_OUT_OF_RANGE", noOffset, nil])
            #expect(cells.map { $0.repeats[1].latency(.refusal)?.count } == [12, 12, 12, 12, 12, nil])
            #expect(cells[5].repeats[1].starts?.partitions.map { $0.observed[11] } == [70, 70])
            #expect(process.output.contains("refuses, as it should: NoOffsetForPartitionException"))
            #expect(
                process.output.contains("refusal: from before the consumer was made")
                    && process.output.contains("commit above the end"))
            #expect(process.output.contains("no group: auto.offset.reset"))
        }

        @Test func aFetchWithinAPassWaitsAsTheOptionsSay() throws {
            let (process, result) = try run(
                """
                weir: 1
                name: waits
                topic: {preload: {records: 100 records, value: {size: 20 B}}}
                measure: {warmup: 0 s, for: 500 ms, repeats: 1}
                experiments:
                  one: {consume: {consumer: {fetch.min.bytes: 10000000, fetch.max.wait.ms: {each: [0, 100]}}}}
                """)
            #expect(process.exitCode == 0, "\(process.errors)")
            let cells = try #require(result?.experiments[0].cells)
            let fetches = cells.map { $0.repeats[0].traffic.requestsByApi["Fetch"] ?? 0 }
            // Two a pass: one that waits for bytes that never come, and one at the pass's end,
            // which does not.
            #expect((1...14).contains(fetches[1]) && fetches[0] > 2 * fetches[1], "\(fetches)")
        }

        @Test func aRecordThatNeverComesMakesTheRepeatInvalidInTime() throws {
            // The broker answers no Fetch before there are a million bytes, and a start at the end
            // of the log waits for one record.
            let (process, result) = try run(
                """
                weir: 1
                name: silent
                topic: {partitions: 2, preload: {records: 100 records, value: {size: 20 B}}}
                measure: {starts: 3, repeats: 1}
                experiments:
                  start:
                    start:
                      consumer:
                        auto.offset.reset: latest
                        fetch.min.bytes: 1000000
                        fetch.max.wait.ms: 20000
                        default.api.timeout.ms: 700
                """)
            #expect(process.exitCode == 1, "\(process.errors)")
            let once = try #require(result?.experiments[0].cells[0].repeats.first)
            let reason = InvalidReason(
                .timedOut, "no record came within 700 ms after a consumer's first Fetch (default.api.timeout.ms)")
            #expect(once.invalidReasons == [reason])
            #expect(process.errors.contains(reason.detail))
        }

        @Test(arguments: ["", "consume: {}"])
        func aWindowWithoutAnythingInItIsInvalid(consume: String) throws {
            let (process, result) = try run(
                """
                weir: 1
                name: empty
                measure: {warmup: 500 ms, for: 100 ms, repeats: 1}
                experiments:
                  one:
                    produce: {value: {size: 100 B}, load: {rate: 1/s}, producer: {linger.ms: 0}}
                    \(consume)
                """)
            #expect(process.exitCode == 1, "\(process.errors)")
            let measured = try #require(result)
            let once = try #require(measured.experiments[0].cells[0].repeats.first)
            #expect(once.invalidReasons.contains { $0.detail == "nothing was acknowledged in the window" })
            let saysConsumed = once.invalidReasons.contains { $0.detail == "nothing was consumed in the window" }
            #expect(saysConsumed == !consume.isEmpty)
        }

        @Test func whatIsWrongIsSaidBeforeAnythingRuns() throws {
            let folder = try TemporaryFolder()
            let bad = try folder.write("weir: 1\nname: bad\nexperiments: {a: {produc: {}}}\n", to: "bad.yaml")
            let process = try WeirProcess.run(["run", bad], in: folder.path)
            #expect(process.exitCode == 2)
            #expect(process.errors.contains("did you mean 'produce'?"))
            #expect(folder.resultFiles.isEmpty)
            let unknown = try WeirProcess.run(["rum"], in: folder.path)
            #expect(unknown.exitCode == 2)
            #expect(unknown.errors.contains("did you mean 'run'?"))
        }

        @Test func anUnwritableDestinationIsSaidBeforeTheRun() throws {
            let folder = try TemporaryFolder()
            _ = try folder.write("not a folder", to: "results")
            let process = try WeirProcess.run(
                ["run", "\(WeirProcess.root)/Scenarios/quickstart.yaml"], in: folder.path)
            #expect(process.exitCode == 1)
            #expect(process.errors.contains("results"))
            #expect(!process.errors.contains("[1/"))
        }
    }
}
