import CLinux
import Glibc
import Synchronization
import Testing

@testable import Networking

@Suite(.timeLimit(.minutes(2))) struct EventLoopTests {
    @Test func runsWhatIsHandedOverInOrderFromEachThread() async throws {
        let loop = try EventLoop(name: "test")
        let seen = Locked<[Int: [Int]]>([:])
        await withTaskGroup(of: Void.self) { group in
            for sender in 0..<4 {
                group.addTask {
                    for number in 0..<5_000 {
                        loop.execute { seen.with { $0[sender, default: []].append(number) } }
                    }
                    await withCheckedContinuation { done in loop.execute { done.resume() } }
                }
            }
        }
        let isOrdered = seen.with { seen in (0..<4).allSatisfy { seen[$0] == Array(0..<5_000) } }
        #expect(isOrdered)
        await loop.stop()
    }

    @Test func tasksWithThePreferenceRunOnTheLoopAndOthersDoNot() async throws {
        let loop = try EventLoop(name: "test")
        #expect(!loop.isCurrent)
        #expect(loop.isIsolatingCurrentContext() == false)
        let isCurrent = await Task(executorPreference: loop) { loop.isCurrent }.value
        #expect(isCurrent)
        await loop.stop()
    }

    @Test func timersAndWorkFromOtherThreadsAreHandedTheActorOnTheLoop() async throws {
        let loop = try EventLoop(name: "test")
        let counter = Counter(loop)
        await withCheckedContinuation { done in
            loop.execute(on: counter) { counter in
                counter.count += 1
                loop.schedule(atNs: 0, on: counter) { counter in
                    counter.count += 1
                    done.resume()
                }
            }
        }
        #expect(await counter.count == 2)
        #expect(await loop.run { loop.isCurrent })
        await loop.stop()
    }

    @Test func anActorOnTheLoopAwaitsWithoutLeavingIt() async throws {
        try await onLoop { home in
            for _ in 0..<100 {
                await withCheckedContinuation { done in home.loop.execute { done.resume() } }
                #expect(home.loop.isCurrent)
            }
        }
    }

    @Test func aTaskThatYieldsForEverStarvesNeitherDescriptorsNorTimers() async throws {
        try await onLoop { home in
            let loop = home.loop
            let spinner = Task(executorPreference: loop) { while !Task.isCancelled { await Task.yield() } }
            let (reader, writer) = pipe()
            var (isReady, isTimerFired) = (false, false)
            let token = try loop.watch(reader, for: .readable) { _ in
                isReady = true
                var byte: UInt8 = 0
                _ = read(reader, &byte, 1)
            }
            loop.schedule(atNs: 0) { isTimerFired = true }
            _ = write(writer, "x", 1)
            // As many jobs as the loop runs in dozens of turns, in each of which it must look at
            // the others.
            for _ in 0..<10_000 { await Task.yield() }
            #expect(isReady && isTimerFired)
            spinner.cancel()
            loop.unwatch(token)
            close(reader)
            close(writer)
        }
    }

    /// Two descriptors are ready at once; whoever is called first closes the other and reuses its
    /// number.
    @Test func aReusedDescriptorGetsNoEventOfItsPredecessor() async throws {
        try await onLoop { home in
            let loop = home.loop
            var ends = [pipe(), pipe()]
            var tokens: [PollToken] = []
            var readyCount = 0
            var staleCount = 0
            var reused: (token: PollToken, ends: (Int32, Int32))?
            for own in 0..<2 {
                let token = try loop.watch(ends[own].0, for: .readable) { _ in
                    readyCount += 1
                    loop.unwatch(tokens[own])
                    guard reused == nil else { return }
                    let other = 1 - own
                    loop.unwatch(tokens[other])
                    let number = ends[other].0
                    let quiet = eventfd(0, 0)
                    #expect(dup2(quiet, number) == number)  // the same number for something that is never ready
                    close(quiet)
                    guard let token = try? loop.watch(number, for: .readable, onReady: { _ in staleCount += 1 })
                    else { return #expect(Bool(false), "the reused descriptor could not be watched") }
                    reused = (token, ends[other])
                }
                tokens.append(token)
            }
            for end in ends { _ = write(end.1, "x", 1) }
            await loop.pass(turns: 4)
            #expect(readyCount == 1)
            #expect(staleCount == 0)
            if let reused { loop.unwatch(reused.token) }
            for end in ends { closeBoth(end) }
            ends = []
        }
    }

    @Test func unwatchedDescriptorsAreSilent() async throws {
        try await onLoop { home in
            let (reader, writer) = pipe()
            var count = 0
            let token = try home.loop.watch(reader, for: []) { _ in count += 1 }
            _ = write(writer, "x", 1)
            await home.loop.pass(turns: 4)
            #expect(count == 0)
            home.loop.change(token, to: .readable)
            await home.loop.pass(turns: 4)
            #expect(count > 0)
            home.loop.unwatch(token)
            home.loop.unwatch(token)
            let last = count
            await home.loop.pass(turns: 4)
            #expect(count == last)
            closeBoth((reader, writer))
        }
    }
}

/// An actor on a loop.
actor Counter {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    var count = 0

    init(_ loop: EventLoop) { self.loop = loop }

    func add() { count += 1 }
}

func pipe() -> (reader: Int32, writer: Int32) {
    var ends: [Int32] = [0, 0]
    precondition(Glibc.pipe(&ends) == 0)
    return (ends[0], ends[1])
}

func closeBoth(_ ends: (Int32, Int32)) {
    close(ends.0)
    close(ends.1)
}
