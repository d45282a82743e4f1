private let gateOptions =
    scenarioOptions + [
        OptionSpecification(
            "command-config", value: "FILE", "connection properties for clusters, as Kafka's tools take them"),
        OptionSpecification("budget", value: "TIME", "how long it may take at most (10 min)"),
        OptionSpecification("slices", value: "NUMBER", "the slices of each side in a pair (by the budget)"),
        OptionSpecification(
            "foreign", value: "SHARE",
            "the share of the cores that others may keep busy before a pair counts for nothing (10 %)"),
        OptionSpecification("out", value: "FILE", "where the pairs are kept (a new file under results/)"),
        OptionSpecification("seed", value: "NUMBER", "the seed of orders and payloads (drawn, and recorded)"),
    ]

let gateCommand = CommandSpecification(
    name: "gate", summary: "judge a candidate beside a baseline, measured in turn on this host", operands: ["SCENARIO"],
    options: [
        OptionSpecification(
            "baseline", value: "SIDE", repeats: true,
            "what is compared with: weir=PATH (a build), target=HOST:PORT, set=PATH=VALUE"),
        OptionSpecification("candidate", value: "SIDE", repeats: true, "what is judged, likewise"),
    ] + gateOptions + [formatOption, inconclusiveOption],
    examples: [
        ("weir gate my.yaml --baseline weir=old/weir --candidate weir=new/weir", "two builds of weir"),
        (
            "weir gate my.yaml --candidate set=linger.ms=5 --budget '5 min'",
            "a setting beside the scenario as it stands"
        ),
        ("weir gate my.yaml --baseline target=a:9092 --candidate target=b:9092", "two clusters"),
    ],
    notes: """
        A side that is not given is the scenario as it stands, measured by this build. Both sides run in pairs with \
        processes of their own, side by side, and are measured in turn in short slices. After 12, 16, 24 and 40 pairs it \
        looks, and stops when it is clear. Where nothing changed it says regressed or improved in at most 1 of 100 gates. \
        Exit codes: 0 pass or improved, 1 not to be trusted, 2 usage, or sides that cannot be measured, 3 regressed, \
        4 it cannot be told.
        """, run: GateRunner.run)

let calibrateCommand = CommandSpecification(
    name: "calibrate", summary: "measure a scenario against itself: what gates on this host can tell",
    operands: ["SCENARIO"],
    options: gateOptions + [
        OptionSpecification("format", value: "table|json|markdown", "how it is printed (table)")
    ],
    examples: [("weir calibrate my.yaml --budget '5 min'", "then weir gate my.yaml says which effects it can find")],
    notes: "It is kept under results/calibrations; gate and expect name the newest of this host.",
    run: CalibrateRunner.run)
