import Glibc
import System
import Testing

@Suite(.timeLimit(.minutes(2))) struct ChildProcessTests {
    private func everything(from descriptor: Int32) throws -> String {
        defer { close(descriptor) }
        return String(decoding: try BoundedRead.stream(descriptor, byteCountMax: 1 << 16), as: UTF8.self)
    }

    @Test func readsAndWritesByItsPipesAndEndsWithItsStatus() throws {
        let child = try ChildProcess(
            SpawnCommand(["sh", "-c", "read line; echo got $line; echo bad >&2; exit 7"]),
            pipes: [0: .toChild, 1: .fromChild, 2: .fromChild])
        let input = child.pipeEnd(0)
        #expect(write(input, "it\n", 3) == 3)
        close(input)
        #expect(try everything(from: child.pipeEnd(1)) == "got it\n")
        #expect(try everything(from: child.pipeEnd(2)) == "bad\n")
        #expect(child.waitForEnd(withinMs: 60_000) == .exited(status: 7))
        #expect(child.end == .exited(status: 7))
    }

    @Test func hasNoDescriptorThatItWasNotGiven() throws {
        // Not marked to be closed, as a library may leave them.
        let strays = (0..<5).map { _ in open("/dev/null", O_RDONLY) }
        defer { for stray in strays { close(stray) } }
        let child = try ChildProcess(
            SpawnCommand(["sh", "-c", "ls /proc/$$/fd"]), pipes: [1: .fromChild, 9: .toChild])
        #expect(try everything(from: child.pipeEnd(1)) == "0\n1\n2\n9\n")
        close(child.pipeEnd(9))
        #expect(child.waitForEnd(withinMs: 60_000) == .exited(status: 0))
    }

    /// Each descriptor lies under the number that the other is to have.
    @Test func descriptorsMayChangeTheirNumbers() throws {
        let (first, second) = (try PipeEnds(), try PipeEnds())
        defer { for end in [first.readEnd, second.readEnd] { close(end) } }
        let child = try ChildProcess(
            SpawnCommand(
                ["sh", "-c", "echo one >/dev/fd/\(second.writeEnd); echo two >/dev/fd/\(first.writeEnd)"],
                descriptors: [second.writeEnd: first.writeEnd, first.writeEnd: second.writeEnd]))
        close(first.writeEnd)
        close(second.writeEnd)
        #expect(child.waitForEnd(withinMs: 60_000) == .exited(status: 0))
        #expect(try BoundedRead.stream(first.readEnd, byteCountMax: 100) == Array("one\n".utf8))
        #expect(try BoundedRead.stream(second.readEnd, byteCountMax: 100) == Array("two\n".utf8))
    }

    @Test func itsVariablesAreThisProcessesButForThoseThatAreSaid() throws {
        setenv("WEIR_SYSTEM_TEST", "own", 1)
        let child = try ChildProcess(
            SpawnCommand(
                ["sh", "-c", "echo $WEIR_SYSTEM_TEST $WEIR_OTHER ${PATH:+path}"],
                environment: ["WEIR_OTHER": "said"]),
            pipes: [1: .fromChild])
        #expect(try everything(from: child.pipeEnd(1)) == "own said path\n")
        let other = try ChildProcess(
            SpawnCommand(["sh", "-c", "echo $WEIR_SYSTEM_TEST"], environment: ["WEIR_SYSTEM_TEST": "changed"]),
            pipes: [1: .fromChild])
        #expect(try everything(from: other.pipeEnd(1)) == "changed\n")
    }

    @Test func whoeverAsksIsToldOfItsEnd() async throws {
        let child = try ChildProcess(SpawnCommand(["cat"]), pipes: [0: .toChild])
        #expect(child.waitForEnd(withinMs: 0) == nil)
        let end = await withCheckedContinuation { continuation in
            child.whenEnded { continuation.resume(returning: $0) }
            child.signal(SIGKILL)
        }
        #expect(end == .killed(signal: SIGKILL))
        let again = await withCheckedContinuation { told in child.whenEnded { told.resume(returning: $0) } }
        #expect(again == end)
        child.signal(SIGKILL)
        close(child.pipeEnd(0))
    }

    @Test func isEndedByForce() throws {
        let child = try ChildProcess(SpawnCommand(["sh", "-c", "trap '' TERM; cat"]), pipes: [0: .toChild])
        #expect(child.endByForce() == .killed(signal: SIGKILL))
        close(child.pipeEnd(0))
    }

    @Test func whatItStartedItselfIsEndedWithIt() throws {
        let child = try ChildProcess(
            SpawnCommand(["sh", "-c", "cat /dev/zero > /dev/null & echo started; wait"]), pipes: [1: .fromChild])
        var line = [UInt8](repeating: 0, count: 8)
        #expect(read(child.pipeEnd(1), &line, 8) == 8)
        #expect(child.endByForce() == .killed(signal: SIGKILL))
        // The pipe is at its end only when nobody holds the other one any more.
        var wait = pollfd(fd: child.pipeEnd(1), events: Int16(POLLIN), revents: 0)
        #expect(poll(&wait, 1, 10_000) == 1 && read(child.pipeEnd(1), &line, 8) == 0)
        close(child.pipeEnd(1))
    }

    @Test func saysWhyAProgramCannotBeStarted() {
        let error = #expect(throws: Errno.self) { try SpawnCommand(["/nonexistent/program"]).spawn() }
        #expect(error == Errno(ENOENT))
        #expect(error?.text == "No such file or directory")
    }
}
