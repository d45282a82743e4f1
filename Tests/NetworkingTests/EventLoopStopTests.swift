import Bytes
import Glibc
import Synchronization
import Testing

@testable import Networking

@Suite(.timeLimit(.minutes(5))) struct EventLoopStopTests {
    @Test func stopRunsWhatIsQueuedAndJoinsTheThread() async throws {
        let loop = try EventLoop(name: "weir-stop-join")
        let count = Locked(0)
        for _ in 0..<10_000 { loop.execute { count.with { $0 += 1 } } }
        await Task(executorPreference: loop) {}.value  // it runs, and has its name
        let before = threadNames().count { $0 == "weir-stop-join" }
        await loop.stop()
        #expect(count.with { $0 } == 10_000)
        #expect(before == 1)
        #expect(!threadNames().contains("weir-stop-join"))
        await loop.stop()  // again is nothing
    }

    @Test func aTaskOfTheLoopMayStopItAndGoOn() async throws {
        let loop = try EventLoop(name: "test")
        let wentOn = await Task(executorPreference: loop) {
            await loop.stop()
            return true
        }.value
        #expect(wentOn)
    }

    @Test func manyMayStopAtOnce() async throws {
        let loop = try EventLoop(name: "test")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { await loop.stop() } }
        }
        #expect(!loop.isCurrent)
    }

    @Test func sleepersAndTimersAreToldOfTheEnd() async throws {
        let loop = try EventLoop(name: "test")
        let sleeper = Task(executorPreference: loop) { try await loop.sleep(untilNs: .max) }
        let timer = Task(executorPreference: loop) {
            await withCheckedContinuation { told in
                loop.schedule(atNs: .max, onStop: { told.resume(returning: "stopped") }) {
                    told.resume(returning: "fired")
                }
            }
        }
        await Task(executorPreference: loop) {}.value  // both have begun
        await loop.stop()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(await timer.value == "stopped")
    }

    /// After the end jobs still run, one at a time and isolated, so that no task hangs on a loop
    /// that is gone.
    @Test func lateJobsRunOneAtATimeAndIsolated() async throws {
        let loop = try EventLoop(name: "test")
        await loop.stop()
        let counter = Counter(loop)
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<1_000 {
                if index % 2 == 0 {
                    group.addTask { await counter.add() }
                } else {
                    group.addTask(executorPreference: loop) {
                        await counter.add()
                        await Task.yield()
                    }
                }
            }
        }
        #expect(await counter.count == 1_000)
        let isIsolated = await withCheckedContinuation { told in
            loop.execute(on: counter) { counter in
                counter.add()
                told.resume(returning: loop.isCurrent)
            }
        }
        #expect(isIsolated)
        #expect(await counter.count == 1_001)
    }

    @Test func aTaskThatYieldsForEverDoesNotKeepTheLoopFromStopping() async throws {
        let loop = try EventLoop(name: "test")
        let turns = Locked(0)
        let spinner = Task(executorPreference: loop) {
            while !Task.isCancelled {
                turns.with { $0 += 1 }
                await Task.yield()
            }
        }
        await loop.stop()
        let before = turns.with { $0 }
        while turns.with({ $0 }) == before { await Task.yield() }  // it lives on, on the global pool
        spinner.cancel()
        await spinner.value
    }

    @Test func aStoppedLoopRefusesDescriptorsTimersAndConnections() async throws {
        let loop = try EventLoop(name: "test")
        await loop.stop()
        let codes = try await start(on: loop) { _ in
            var codes: [NetworkError.Code?] = []
            let pool = BufferPool(keptByteCountMax: 0)
            codes.append(await code { _ = try loop.watch(0, for: .readable) { _ in } })
            codes.append(await code { _ = try Listener(at: loopback, on: loop, pool: pool) { _ in } })
            codes.append(
                await code {
                    _ = try await FramedConnection.connect(
                        to: SocketAddress(host: "127.0.0.1", port: 1), on: loop, pool: pool, deadlineNs: lateNs())
                })
            codes.append(
                await code {
                    _ = try await SocketAddress(host: "localhost", port: 1).resolved(
                        on: loop, deadlineNs: lateNs())
                })
            return codes
        }.value
        #expect(codes == [.loopStopped, .loopStopped, .loopStopped, .loopStopped])
    }

    @Test func connectionsAndConnectsUnderWayEndWithTheLoop() async throws {
        let mute = try MuteAddress()
        let loop = try EventLoop(name: "test")
        let (closing, opened) = AsyncStream<NetworkError.Code?>.makeStream()
        let connecting = start(on: loop) { home in
            await code {
                _ = try await FramedConnection.connect(
                    to: mute.address, on: home.loop, pool: BufferPool(keptByteCountMax: 0), deadlineNs: lateNs())
            }
        }
        try await start(on: loop) { home in
            let pair = try await Pair.make(on: home.loop)
            pair.client.onClose = { opened.yield($0?.code) }
            pair.server.onClose = { opened.yield($0?.code) }
        }.value
        await loop.stop()
        var codes = closing.makeAsyncIterator()
        #expect(await codes.next() == .loopStopped)
        #expect(await codes.next() == .loopStopped)
        #expect(try await connecting.value == .loopStopped)
        withExtendedLifetime(mute) {}
    }
}

/// The code of the network error that `body` throws.
nonisolated(nonsending) func code(_ body: () async throws -> Void) async -> NetworkError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? NetworkError)?.code
    }
}

/// The names of this process's threads.
func threadNames() -> [String] {
    guard let folder = opendir("/proc/self/task") else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
        let id = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        guard let file = fopen("/proc/self/task/\(id)/comm", "r") else { continue }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 64)
        guard fgets(&line, 64, file) != nil else { continue }
        names.append(String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init), as: UTF8.self))
    }
    return names
}
