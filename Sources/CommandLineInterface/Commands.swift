import Results

/// Every subcommand, in the order in which the help lists them.
let commandTable: [CommandSpecification] = [
    runCommand, validateCommand, brokerCommand, showCommand, compareCommand, gateCommand, calibrateCommand,
    cleanCommand, schemaCommand, versionCommand, agentCommand,
]

let scenarioOptions = [
    OptionSpecification(
        "set", value: "PATH=VALUE", repeats: true,
        "override a value of the scenario; PATH is any ending that is unique, a/b/c"
    ),
    OptionSpecification(
        "only", value: "EXPERIMENT[/CASE]", repeats: true, "run only this experiment, or this case of it"),
    OptionSpecification(
        "bootstrap-servers", value: "HOST:PORT,...", "measure this cluster instead of the scenario's target"),
]

let formatOption = OptionSpecification(
    "format", value: "table|json|markdown|junit|github",
    "how it is printed (table); junit and github are for CI: checks as JUnit XML, or as GitHub annotations")
let inconclusiveOption = OptionSpecification(
    "inconclusive", value: "pass|fail", "end with 0 or with 3 where it cannot be told (exit 4 otherwise)")

let runCommand = CommandSpecification(
    name: "run", summary: "run a scenario, print its tables and write its result", operands: ["SCENARIO"],
    options: scenarioOptions + [
        OptionSpecification(
            "command-config", value: "FILE", "connection properties for that cluster, as Kafka's tools take them"),
        formatOption, inconclusiveOption,
        OptionSpecification(
            "out", value: "FILE",
            "where the result is written (results/<name>-<UTC time>.json); - for standard output, and the tables then to standard error"
        ),
        OptionSpecification("label", value: "KEY=VALUE", repeats: true, "a label that the result keeps"),
        OptionSpecification(
            "seed", value: "NUMBER", "the seed of the run's order and record values (drawn, and recorded, unless given)"
        ),
    ],
    examples: [
        ("weir run Scenarios/quickstart.yaml", "measure on the embedded broker"),
        (
            "weir run Scenarios/start-latency.yaml --bootstrap-servers host:9092 --command-config client.properties",
            "the same file on a real cluster"
        ),
        (
            "weir run Scenarios/producer-reuse.yaml --only reuse --set acks=1 --label build=42",
            "one experiment, changed"
        ),
    ],
    notes: """
        The tables go to standard output, progress and warnings to standard error. SCENARIO may be -, which is standard \
        input. Ctrl-C ends after the present repeat's bookkeeping, writes what there is and prints its tables; a second \
        Ctrl-C ends at once.
        """, run: RunRunner.run)

let validateCommand = CommandSpecification(
    name: "validate", summary: "check a scenario and say everything that is wrong with it", operands: ["SCENARIO"],
    options: scenarioOptions + [
        OptionSpecification("resolved", "print the scenario with every default filled in")
    ],
    examples: [
        ("weir validate my.yaml", "exit 0 if it could run"),
        ("weir validate my.yaml --resolved", "see what the defaults filled in"),
    ], run: ValidateRunner.run)

let brokerCommand = CommandSpecification(
    name: "broker", summary: "run the embedded broker for any Kafka client", operands: [],
    options: [
        OptionSpecification("port", value: "PORT", "the port to listen on (9092; 0 takes a free one)"),
        OptionSpecification("host", value: "HOST", "the address to bind and advertise (127.0.0.1)"),
        OptionSpecification("data-dir", value: "DIR", "where topics are kept (a temporary folder, removed at the end)"),
        OptionSpecification("remove-data-dir", "remove DIR at the end; it must be new or empty"),
        OptionSpecification("set", value: "KEY=VALUE", repeats: true, "a broker property, such as num.partitions=4"),
        OptionSpecification("parent-pipe", value: "FD", "end when this inherited descriptor is closed"),
    ],
    examples: [
        ("weir broker", "listen on 127.0.0.1:9092"),
        ("weir broker --port 0 --data-dir data --set num.partitions=4", "a free port, and data that stays"),
    ],
    notes: "It prints READY HOST:PORT pid=PID when it answers, and ends on SIGINT or SIGTERM.",
    run: BrokerRunner.run)

let showCommand = CommandSpecification(
    name: "show", summary: "print a result again", operands: ["RESULT"],
    options: [formatOption, inconclusiveOption],
    examples: [
        ("weir show results/quickstart-20260101T120000Z.json", "the tables"),
        ("weir show result.json --format markdown", "for a pull request"),
        ("weir show result.json --format junit > weir.xml", "its expectations, for a CI system's list of tests"),
        ("weir run my.yaml --out - 2> tables.txt | weir show -", "from standard input"),
    ], run: ShowRunner.run)

let compareCommand = CommandSpecification(
    name: "compare", summary: "compare results, or folders of them, with the first", operands: ["A", "B..."],
    options: [
        OptionSpecification(
            "unlike", value: "WHAT,...",
            "compare although this differs: \(Unlikeness.Aspect.allCases.map(\.rawValue).joined(separator: ", "))"),
        OptionSpecification("margin", value: "SHARE", "by how much a figure must move to matter (3 %)"),
        formatOption, inconclusiveOption,
    ],
    examples: [
        ("weir compare before/ after/", "two folders, each with several runs of the same scenario"),
        ("weir compare a.json b.json --unlike version", "two runs by different builds: what they show, no verdict"),
    ],
    notes: """
        Runs of a side are never paired with those of another, so what varies from run to run goes into the interval. With \
        one run a side nothing can be concluded beyond these runs. Exit codes: 0 nothing is worse, 1 a file cannot be read, \
        2 usage, or sides that differ in more than --unlike says, 3 worse, 4 it cannot be told.
        """, run: CompareRunner.run)

let cleanCommand = CommandSpecification(
    name: "clean", summary: "list what runs have left on a cluster, and remove it by the run's id", operands: [],
    options: [
        OptionSpecification("bootstrap-servers", value: "HOST:PORT,...", "the cluster to look on"),
        OptionSpecification(
            "command-config", value: "FILE", "connection properties for that cluster, as Kafka's tools take them"),
        OptionSpecification(
            "run", value: "ID", repeats: true, "remove what this run left, such as 20261130T152300-kqzv"),
    ],
    examples: [
        ("weir clean --bootstrap-servers host:9092", "list the runs that have left something, with age and size"),
        ("weir clean --bootstrap-servers host:9092 --run 20261130T152300-kqzv", "remove what one of them left"),
    ],
    notes: """
        Runs remove what they make; what stays is that of runs that were killed, or lacked the rights. A topic or group is \
        a run's when its name is PREFIXweir-ID-EXPERIMENT-NUMBER, whatever the prefix; nothing else is touched. With --run \
        the commits of others' groups that the run moved are put back where nobody has committed since, then its groups \
        and topics are deleted: no group that has members, and no topic that somebody writes to during a look of 10 s. \
        Nothing is done while the run that moved a group is at work on this host. Exit codes: 0 nothing of it is left, \
        1 something is (each with its reason) or the cluster was not reached, 2 usage.
        """, run: CleanRunner.run)

let schemaCommand = CommandSpecification(
    name: "schema", summary: "print the JSON Schema of scenario files, for editors", operands: [],
    options: [
        OptionSpecification("result", "print the schema of results instead"),
        OptionSpecification("report", "print the schema of what --format json prints instead"),
        OptionSpecification("gate", "print the schema of the files of weir gate and weir calibrate instead"),
    ],
    examples: [("weir schema > weir.schema.json", "then point the editor's YAML support to it")],
    run: SchemaRunner.run)

let versionCommand = CommandSpecification(
    name: "version", summary: "print the version and the commit it was built from", operands: [], options: [],
    examples: [("weir version", "for a bug report")], run: VersionRunner.run)

let agentCommand = CommandSpecification(
    name: "agent", summary: "generate the load of a run, which starts it", operands: [], options: [],
    examples: [("weir agent < orders", "carry out the orders of a file")],
    notes: """
        Orders come over standard input and measurements go over standard output, a line of JSON each. It ends when \
        standard input is closed.
        """, isHidden: true, run: AgentRunner.run)
