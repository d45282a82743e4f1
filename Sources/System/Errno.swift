import Glibc

/// A system error number.
public struct Errno: Error, Equatable, Sendable {
    /// The number, as `errno` has it.
    public let number: Int32

    /// An error by its number.
    public init(_ number: Int32) { self.number = number }

    /// The error of the call that just failed.
    public static var last: Errno { Errno(errno) }

    /// The system's words for it: `No such file or directory`.
    public var text: String {
        guard let text = unsafe strerror(number) else { return "error \(number)" }
        return unsafe String(cString: text)
    }
}
