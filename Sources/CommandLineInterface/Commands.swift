/// Every subcommand, in the order in which the help lists them.
let commandTable: [CommandSpecification] = [
    brokerCommand, versionCommand,
]

let brokerCommand = CommandSpecification(
    name: "broker", summary: "run the embedded broker for any Kafka client", operands: [],
    options: [
        OptionSpecification("port", value: "PORT", "the port to listen on (9092; 0 takes a free one)"),
        OptionSpecification("host", value: "HOST", "the address to bind and advertise (127.0.0.1)"),
        OptionSpecification("data-dir", value: "DIR", "where topics are kept (a temporary folder, removed at the end)"),
        OptionSpecification("set", value: "KEY=VALUE", repeats: true, "a broker property, such as num.partitions=4"),
        OptionSpecification("parent-pipe", value: "FD", "end when this inherited descriptor is closed"),
    ],
    examples: [
        ("weir broker", "listen on 127.0.0.1:9092"),
        ("weir broker --port 0 --data-dir data --set num.partitions=4", "a free port, and data that stays"),
    ],
    notes: "It prints READY HOST:PORT pid=PID when it answers, and ends on SIGINT or SIGTERM.",
    run: BrokerRunner.run)

let versionCommand = CommandSpecification(
    name: "version", summary: "print the version and the commit it was built from", operands: [], options: [],
    examples: [("weir version", "for a bug report")], run: VersionRunner.run)
