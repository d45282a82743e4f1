import Testing

@testable import Scenario

/// The file of `--command-config`: connection properties only, and no value of it in any message.
@Suite struct ConnectionPropertiesTests {
    private func parse(_ text: String) throws -> ConnectionProperties {
        try ConnectionProperties.parse(Array(text.utf8), path: "c")
    }

    @Test func javasPropertiesFormatIsRead() throws {
        let text = "# comment\r\n! another\r\n\r\n  bootstrap.servers = a:1,b:2  \r\nsecurity.protocol: PLAINTEXT\r\n"
        let found = try parse(text)
        #expect(found.properties == ["bootstrap.servers": "a:1,b:2", "security.protocol": "PLAINTEXT"])
        #expect(found.keys == ["bootstrap.servers", "security.protocol"])
        #expect(try parse("").properties.isEmpty)
        // How long Weir's own calls may wait changes no figure.
        #expect(try parse("request.timeout.ms=500").properties == ["request.timeout.ms": "500"])
    }

    @Test(arguments: [
        ("acks=all", "c:1:1: 'acks' would change what is measured unseen: it stands in the scenario, in producer"),
        (
            "fetch.min.bytes=1",
            "c:1:1: 'fetch.min.bytes' would change what is measured unseen: it stands in the scenario, in consumer"
        ),
        (
            "sasl.jaas.config=hunter2",
            "c:1:1: 'sasl.jaas.config' is not there yet: Weir connects in PLAINTEXT only so far"
        ),
        ("security.protocl=PLAINTEXT", "c:1:1: unknown key 'security.protocl' (did you mean 'security.protocol'?)"),
        ("security.protocol=hunter2", "c:1:1: security.protocol has a value it cannot have: PLAINTEXT"),
        (
            "bootstrap.servers=hunter2",
            "c:1:1: bootstrap.servers has a value it cannot have: host:port, several separated by commas"
        ),
        ("hunter2", "c:1:1: a line is KEY=VALUE"),
        ("\nsecurity.protocol=PLAINTEXT\nsecurity.protocol=PLAINTEXT", "c:3:1: 'security.protocol' stands here twice"),
    ])
    func othersAreRefusedWithoutTheirValues(text: String, message: String) {
        let errors = #expect(throws: ScenarioErrors.self) { try parse(text) }
        #expect(errors?.description == message)
        #expect(errors?.description.contains("hunter2") == false)
    }

    @Test func everythingWrongIsSaidAtOnce() {
        let errors = #expect(throws: ScenarioErrors.self) { try parse("acks=1\nx\nlinger.ms=2") }
        #expect(errors?.problems.map(\.line) == [1, 2, 3])
        #expect(throws: ScenarioErrors.self) { try ConnectionProperties.parse([0xFF, 0xFE], path: "c") }
        #expect(throws: ScenarioErrors.self) { try ConnectionProperties.load(path: "/dev/zero") }
    }
}
