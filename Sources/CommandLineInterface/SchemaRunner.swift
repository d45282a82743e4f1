import Glibc
import Reporting
import Results
import Scenario

/// `weir schema`.
enum SchemaRunner {
    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        let schemas = [
            ("result", RunResult.jsonSchema), ("report", Report.jsonSchema), ("gate", GateResult.jsonSchema),
        ]
        let asked = schemas.filter { arguments.has($0.0) }
        guard asked.count < 2 else {
            throw UsageError(message: "schema: --\(asked[0].0) and --\(asked[1].0) exclude each other")
        }
        let schema = asked.first?.1 ?? Scenario.jsonSchema
        return Terminal.writeWhole(schema, of: "schema") ? ExitCode.valid : ExitCode.failed
    }
}
