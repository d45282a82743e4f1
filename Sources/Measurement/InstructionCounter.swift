internal import CLinux
internal import Glibc
import Synchronization

/// Counts the instructions that this process takes in user space, where the kernel lets it
/// (`perf_event_open`; a virtual machine often has no such counter).
public final class InstructionCounter: Sendable {
    /// What the kernel counts.
    enum Event {
        case instructions
        /// CPU time in nanoseconds, which every kernel counts; it shows that the reading is right.
        case taskClock
    }

    private static let ofProcess = Mutex<InstructionCounter?>(nil)
    private let descriptor: Int32

    /// Counts from now on over this thread and those that it, or one of them, makes; nil where the
    /// kernel does not let it.
    init?(_ event: Event) {
        var attributes = perf_event_attr()
        attributes.size = UInt32(MemoryLayout<perf_event_attr>.size)
        (attributes.type, attributes.config) =
            switch event {
            case .instructions: (PERF_TYPE_HARDWARE.rawValue, UInt64(PERF_COUNT_HW_INSTRUCTIONS.rawValue))
            case .taskClock: (PERF_TYPE_SOFTWARE.rawValue, UInt64(PERF_COUNT_SW_TASK_CLOCK.rawValue))
            }
        attributes.inherit = 1
        attributes.exclude_kernel = event == .instructions ? 1 : 0
        attributes.exclude_hv = 1
        let descriptor = unsafe openPerfEvent(&attributes)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Begins to count for the whole process: to be called before it makes its first thread.
    public static func startForProcess() {
        let counter = InstructionCounter(.instructions)
        ofProcess.withLock { $0 = counter }
    }

    /// What the process took since `startForProcess`; nil where it cannot be counted.
    static func count() -> UInt64? { ofProcess.withLock { $0?.count() } }

    /// What was counted so far.
    func count() -> UInt64? {
        var count: UInt64 = 0
        let size = MemoryLayout<UInt64>.size
        return unsafe read(descriptor, &count, size) == size ? count : nil
    }
}
