import Glibc
import System
import Testing

@testable import Measurement

@Suite struct InstructionCounterTests {
    /// Takes so much CPU time of this thread.
    static func burn(ms: Int) {
        let endNs = threadCPUNs() + UInt64(ms) * 1_000_000
        while threadCPUNs() < endNs {}
    }

    static func threadCPUNs() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    @Test func whatThisThreadAndThoseItMakesTakeIsCounted() throws {
        let counter = try #require(InstructionCounter(.taskClock))
        Self.burn(ms: 5)
        let alone = try #require(counter.count())
        #expect(alone >= 5_000_000)
        let thread = try startThread { Self.burn(ms: 20) }
        pthread_join(thread, nil)
        let both = try #require(counter.count())
        #expect(both >= alone + 20_000_000)
    }

    @Test func instructionsAreCountedWhereTheKernelCountsThem() throws {
        guard let counter = InstructionCounter(.instructions) else {
            // Why not is one of these: no such counter, not allowed, no such call.
            #expect([ENOENT, EOPNOTSUPP, EACCES, EPERM, ENOSYS, ENODEV, EINVAL].contains(errno))
            return
        }
        let before = try #require(counter.count())
        var sum = 0
        for number in 0..<1_000_000 { sum = sum &* 31 ^ number }
        #expect(sum != 1)
        #expect(try #require(counter.count()) >= before + 1_000_000)
    }
}
