import Foundation
import JSONSchemaChecker
import Results
import Testing

@Suite struct JSONSchemaTests {
    @Test func describesACompleteResult() throws {
        let checker = try SchemaChecker(RunResult.jsonSchema)
        let result = try JSONSerialization.jsonObject(with: Data(Complete.result().json()))
        #expect(checker.problems(of: result) == [])
        // Every property that the schema knows is really written, so that none is forgotten or
        // outlived.
        #expect(checker.unseenProperties(in: result) == [])
    }

    @Test func describesAnEmptyResult() throws {
        var result = try Complete.result()
        result.experiments = []
        result.brokers = []
        result.endedAt = nil
        let json = try JSONSerialization.jsonObject(with: Data(result.json()))
        #expect(try SchemaChecker(RunResult.jsonSchema).problems(of: json) == [])
    }

    @Test(arguments: [
        (["seed"], "x" as any Sendable, "$.seed: not of type integer"),
        (["seed"], -1, "$.seed: below 0"),
        (["more"], 1, "$.more: not in the schema"),
        (["format"], "weir.result/2", "$.format: another constant"),
        (["host"], [String: Int](), "$.host.name: missing"),
        (["labels"], ["a": 1], "$.labels.a: not of type string"),
        (["experiments"], [[String: Int]()], "$.experiments[0].name: missing"),
    ])
    func findsWhatIsWrong(key: [String], value: any Sendable, problem: String) throws {
        var result = try #require(
            JSONSerialization.jsonObject(with: Data(Complete.result().json())) as? [String: Any])
        result[key[0]] = value
        #expect(try SchemaChecker(RunResult.jsonSchema).problems(of: result).contains(problem))
    }
}
