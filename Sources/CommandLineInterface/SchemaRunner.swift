import Glibc
import Reporting
import Results
import Scenario

/// `weir schema`.
enum SchemaRunner {
    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        guard !arguments.has("result") || !arguments.has("report") else {
            throw UsageError(message: "schema: --result and --report exclude each other")
        }
        let schema =
            arguments.has("report")
            ? Report.jsonSchema : arguments.has("result") ? RunResult.jsonSchema : Scenario.jsonSchema
        Terminal.write(schema, to: STDOUT_FILENO)
        return ExitCode.valid
    }
}
