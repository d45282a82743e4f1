import Glibc
import Reporting

/// What the process is connected to.
enum Terminal {
    /// Whether a descriptor is a terminal.
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// The columns of the terminal at a descriptor; nil where it is none or does not say.
    static func columns(_ descriptor: Int32) -> Int? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// The columns that a text may take: what COLUMNS says, else what the terminal says.
    static func textColumns(_ descriptor: Int32) -> Int? {
        environment("COLUMNS").flatMap(Int.init).flatMap { (1...10_000).contains($0) ? $0 : nil } ?? columns(descriptor)
    }

    /// Whether a descriptor is a terminal on which a line can be written over.
    static func overwrites(_ descriptor: Int32) -> Bool {
        guard isTerminal(descriptor), let kind = environment("TERM") else { return false }
        return !kind.isEmpty && kind != "dumb"
    }

    /// Whether the locale writes UTF-8, by the variables in the order in which they win.
    static var writesUTF8: Bool {
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
            guard let value = environment(name), !value.isEmpty else { continue }
            return value.uppercased().contains("UTF-8") || value.uppercased().contains("UTF8")
        }
        return false
    }

    static func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    /// Writes a text whole to a descriptor; false when it cannot be written (a closed pipe, a full
    /// disk).
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return false }
            bytes = bytes.dropFirst(written)
        }
        return true
    }

    /// Writes what a command answers to standard output; false, which has been said, when it cannot
    /// be written whole.
    static func writeWhole(_ text: String, of command: String) -> Bool {
        guard !write(text, to: STDOUT_FILENO) else { return true }
        printError("weir \(command): what it prints could not be written to standard output")
        return false
    }

    /// A line for standard error, or several, without anything that a terminal would obey; a
    /// terminal gets none that it would take apart within a word.
    static func printError(_ text: String) {
        let width = isTerminal(STDERR_FILENO) ? columns(STDERR_FILENO) : nil
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
            TextStyle.wrapped(TextStyle.unicode.clean(String($0)), to: width)
        }
        write(lines.map { $0 + "\n" }.joined(), to: STDERR_FILENO)
    }
}
