import Glibc

/// `weir version`.
enum VersionRunner {
    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        let isWritten = Terminal.writeWhole("weir \(Version.number) (\(Version.commit))\n", of: "version")
        return isWritten ? ExitCode.valid : ExitCode.failed
    }
}
