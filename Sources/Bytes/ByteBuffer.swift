/// Bytes on the heap, filled at the end and read in place.
///
/// A buffer is shared by reference but used by one thread at a time: its holder on an event loop
/// may write until it hands the buffer over. Nothing checks this rule. It holds by design: a buffer
/// leaves its loop only in a finished request or response.
@safe public final class ByteBuffer: @unchecked Sendable {
    // No access to these lasts longer than one expression, and checking that at run time took 40 %
    // of writing a message. Other modules read them through functions inlined from here: a direct
    // read in another module would be checked.
    @exclusivity(unchecked) @usableFromInline var base: UnsafeMutableRawPointer
    @safe @exclusivity(unchecked) @usableFromInline var storedCapacity: Int
    @safe @exclusivity(unchecked) @usableFromInline var storedCount = 0

    /// The bytes that fit without growing.
    @inlinable public var capacity: Int { storedCapacity }
    /// The bytes written so far.
    @inlinable public internal(set) var count: Int {
        get { storedCount }
        set { storedCount = newValue }
    }

    /// An empty buffer with room for `capacity` bytes.
    public init(capacity: Int) {
        precondition(capacity >= 0)
        unsafe base = .allocate(byteCount: max(capacity, 1), alignment: 64)
        storedCapacity = capacity
    }

    deinit { unsafe base.deallocate() }

    /// The room that is left at the end.
    public var freeCapacity: Int { capacity - count }

    /// Everything written so far, in place.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        borrowing get {
            let span = unsafe RawSpan(_unsafeStart: base, byteCount: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Forgets the content and keeps the memory.
    public func removeAll() { count = 0 }

    /// Drops everything from `count` on.
    public func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count)
        self.count = count
    }

    /// Makes room for at least `additional` more bytes, at least doubling, by one copy.
    public func reserve(_ additional: Int, doublingUpTo most: Int = .max) {
        guard additional > freeCapacity else { return }
        let grown = max(count + additional, min(capacity * 2, most))
        let new = UnsafeMutableRawPointer.allocate(byteCount: grown, alignment: 64)
        unsafe new.copyMemory(from: base, byteCount: count)
        unsafe base.deallocate()
        unsafe base = new
        storedCapacity = grown
    }

    /// Lends the free room to `body` and keeps what it appended; it never grows the buffer.
    @inlinable
    public func append<Failure: Error>(
        _ body: (inout OutputRawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        let room = unsafe UnsafeMutableRawBufferPointer(start: base, count: capacity)
        var out = unsafe OutputRawSpan(buffer: room, initializedCount: count)
        do throws(Failure) {
            try body(&out)
        } catch {
            _ = unsafe out.finalize(for: room)
            throw error
        }
        storedCount = unsafe out.finalize(for: room)
    }

    /// Appends a copy of `source`, growing if need be.
    public func append(_ source: RawSpan) {
        reserve(source.byteCount)
        unsafe source.withUnsafeBytes { source in
            guard let from = source.baseAddress else { return }
            unsafe (base + count).copyMemory(from: from, byteCount: source.count)
        }
        count += source.byteCount
    }

    /// Writes `value` big-endian over the bytes at `offset`, which must have been written before.
    @inlinable
    public func overwrite<Integer: FixedWidthInteger>(_ value: Integer, at offset: Int) {
        precondition(offset >= 0 && offset + MemoryLayout<Integer>.size <= count)
        unsafe base.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Integer.self)
    }

    /// Lends the free room as raw memory to a system call, and keeps the `Int` bytes that `body`
    /// says it filled.
    public func fill<Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        let added = try unsafe body(UnsafeMutableRawBufferPointer(start: base + count, count: freeCapacity))
        precondition(added >= 0 && added <= freeCapacity)
        count += added
    }

    /// Lends what was written as raw memory, to a system call or a C library.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeRawBufferPointer(start: base, count: count))
    }
}
