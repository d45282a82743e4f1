import Glibc

/// `weir version`.
enum VersionRunner {
    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        Terminal.write("weir \(Version.number) (\(Version.commit))\n", to: STDOUT_FILENO)
        return ExitCode.valid
    }
}
