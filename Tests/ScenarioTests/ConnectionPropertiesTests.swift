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
        ("\u{FEFF}security.protocol=PLAINTEXT", ["security.protocol": "PLAINTEXT"]),
        ("security.protocol=plaintext", ["security.protocol": "PLAINTEXT"]),
        (
            "security.protocol = PLAINTEXT\r\nrequest.timeout.ms: 20000\r\n\r\n! c\r\ndefault.api.timeout.ms 30000\r\n",
            ["security.protocol": "PLAINTEXT", "request.timeout.ms": "20000", "default.api.timeout.ms": "30000"]
        ),
        ("client.id=my\\\n  app\nrequest.timeout.ms=+020000 ", ["client.id": "myapp", "request.timeout.ms": "20000"]),
        ("client.id=", [:]), ("request.timeout.ms=1\nrequest.timeout.ms=2", ["request.timeout.ms": "2"]),
        ("request.timeout.ms=never\nrequest.timeout.ms=2", ["request.timeout.ms": "2"]),
        ("bootstrap.servers=a:1 ,\\\n  b:2", ["bootstrap.servers": "a:1,b:2"]),
    ])
    func filesAreReadAsKafkasToolsReadThem(text: String, properties: [String: String]) throws {
        let found = try parse(text)
        #expect(found.properties == properties)
        #expect(found.warnings.isEmpty)
    }

    @Test func whatHasNoEffectInPlaintextIsAWarning() throws {
        let found = try parse(
            "security.protocol=PLAINTEXT\nssl.endpoint.identification.algorithm=\nsasl.jaas.config=hunter2")
        #expect(found.properties == ["security.protocol": "PLAINTEXT"])
        #expect(
            found.warnings.map(\.description) == [
                "c:2:1: 'ssl.endpoint.identification.algorithm' has no effect, as security.protocol is PLAINTEXT",
                "c:3:1: 'sasl.jaas.config' has no effect, as security.protocol is PLAINTEXT",
            ])
    }

    private static let hidden =
        "and something else stands there (it is not shown: what stands in this file may be secret)"

    @Test(arguments: [
        ("acks=all", "c:1:1: 'acks' would change what is measured unseen: it stands in the scenario, in producer"),
        (
            "fetch.min.bytes=1",
            "c:1:1: 'fetch.min.bytes' would change what is measured unseen: it stands in the scenario, in consumer"
        ),
        (
            "security.protocol=SASL_SSL\nsasl.jaas.config=hunter2\nsasl.mechanism=PLAIN\nssl.truststore.location=hunter2",
            "c:1:1: security.protocol SASL_SSL is not there yet: Weir connects in PLAINTEXT only so far"
        ),
        (
            "security.protocol=ssl",
            "c:1:1: security.protocol SSL is not there yet: Weir connects in PLAINTEXT only so far"
        ),
        ("security.protocl=PLAINTEXT", "c:1:1: unknown key 'security.protocl' (did you mean 'security.protocol'?)"),
        (
            "session.timeout.ms=45000",
            "c:1:1: 'session.timeout.ms': Weir names the groups and assigns the partitions itself (see start: {group, committed})"
        ),
        ("security.protocol=hunter2", "c:1:1: security.protocol takes PLAINTEXT, \(hidden)"),
        ("request.timeout.ms=0", "c:1:1: request.timeout.ms takes a whole number from 1 to 2147483647, \(hidden)"),
        (
            "request.timeout.ms=",
            "c:1:1: request.timeout.ms takes a whole number from 1 to 2147483647, and nothing stands there"
        ),
        (
            "hunter2",
            "c:1:1: the line begins with no key of Kafka's (it is not shown: what stands in this file may be secret)"
        ),
        (
            "MIIEvhunter2.==",
            "c:1:1: the line begins with no key of Kafka's (it is not shown: what stands in this file may be secret)"
        ),
        (
            "schema.registry.url=https://hunter2",
            "c:1:1: unknown key 'schema.registry.url' (there are bootstrap.servers, security.protocol, client.id, request.timeout.ms, default.api.timeout.ms, socket.connection.setup.timeout.ms)"
        ),
        ("\n=hunter2", "c:2:1: a line begins with '=' or ':', so that its key is missing"),
        ("a=\\u12", "c:1:1: \\u wants four hexadecimal digits behind it, like \\u00e9"),
    ])
    func othersAreRefusedWithoutTheirValues(text: String, message: String) {
        let errors = #expect(throws: ScenarioErrors.self) { try parse(text) }
        #expect(errors?.description == message)
        #expect(errors?.description.contains("hunter2") == false)
    }

    /// Whoever reads such a file was told the servers on the command line.
    @Test(arguments: ["", "SSL://b:1", "hunter2", "b:99999"])
    func serversThatTheCommandLineOverridesAreNotJudged(servers: String) throws {
        let found = try parse("bootstrap.servers=\(servers)\nrequest.timeout.ms=5000")
        #expect(found.properties["request.timeout.ms"] == "5000" && found.warnings.isEmpty)
        #expect(found.properties["bootstrap.servers", default: ""] == servers)
    }

    @Test func everythingWrongIsSaidAtOnce() {
        let errors = #expect(throws: ScenarioErrors.self) { try parse("acks=1\nx\nlinger.ms=2") }
        #expect(errors?.problems.map(\.line) == [1, 2, 3])
        #expect(throws: ScenarioErrors.self) { try ConnectionProperties.parse([0xFF, 0xFE], path: "c") }
        #expect(throws: ScenarioErrors.self) { try ConnectionProperties.load(path: "/dev/zero") }
    }
}
