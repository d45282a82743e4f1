extension EventLoop {
    /// Runs `body` on the loop with an actor that lives there, after what was handed to the loop
    /// before; from any thread.
    public func execute<Resident: Actor>(
        on actor: Resident, _ body: @escaping @Sendable (isolated Resident) -> Void
    ) {
        execute { actor.assumeIsolated(body) }
    }

    /// Calls `body` with an actor that lives on the loop, at `atNs` or as soon after as it can; on
    /// the loop.
    ///
    /// If the loop stops first, it is not called.
    @discardableResult
    public func schedule<Resident: Actor>(
        atNs: UInt64, on actor: Resident, _ body: @escaping (isolated Resident) -> Void
    ) -> Timer {
        schedule(atNs: atNs) { actor.assumeIsolated(body) }
    }

    /// Runs `body` on the loop and returns what it returns; from any thread.
    public nonisolated(nonsending) func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            execute { continuation.resume(returning: body()) }
        }
    }
}
