import Names

/// What a key from Kafka's tools or from other load generators is called here.
enum Synonym {
    /// A key, where it stands, and how it is written there.
    private struct Meaning {
        var key: String
        var section: String
        var example: String
    }

    private static let topic = Meaning(
        key: "topic", section: "the file or an experiment", example: "topic: {existing: NAME}")
    private static let servers = Meaning(
        key: "bootstrap.servers", section: "target", example: "target: {bootstrap.servers: \"host:9092\"}")
    private static let window = Meaning(key: "for", section: "measure", example: "measure: {for: 10 s}")
    private static let records = Meaning(
        key: "records", section: "measure or preload", example: "measure: {records: 100000 records}")
    private static let concurrency = Meaning(key: "concurrency", section: "load", example: "load: {concurrency: 16}")
    private static let rate = Meaning(key: "rate", section: "load", example: "load: {rate: 2000/s}")
    private static let size = Meaning(key: "size", section: "value", example: "value: {size: 100 B}")
    private static let codec = Meaning(
        key: "compression.type", section: "producer", example: "producer: {compression.type: lz4}")
    private static let partitions = Meaning(key: "partitions", section: "topic", example: "topic: {partitions: 4}")
    private static let replication = Meaning(
        key: "replication.factor", section: "topic", example: "topic: {replication.factor: 3}")
    private static let reset = Meaning(
        key: "auto.offset.reset", section: "consumer", example: "consumer: {auto.offset.reset: earliest}")
    private static let repeats = Meaning(key: "repeats", section: "measure", example: "measure: {repeats: 5}")

    /// By the name without what parts its words.
    private static let meanings: [String: Meaning] = [
        "topics": topic, "topicname": topic,
        "broker": servers, "brokers": servers, "brokerlist": servers, "bootstrap": servers, "bootstrapserver": servers,
        "server": servers, "servers": servers, "cluster": servers,
        "duration": window, "runtime": window, "time": window, "seconds": window, "window": window,
        "messages": records, "numrecords": records, "recordcount": records, "nummessages": records, "count": records,
        "threads": concurrency, "senders": concurrency, "clients": concurrency, "workers": concurrency,
        "throughput": rate, "targetrate": rate, "rps": rate, "qps": rate,
        "recordsize": size, "messagesize": size, "valuesize": size, "payload": size, "payloadsize": size,
        "compression": codec, "codec": codec, "compressioncodec": codec,
        "partition": partitions, "partitionscount": partitions, "partitioncount": partitions,
        "numpartitions": partitions, "numberofpartitions": partitions,
        "replica": replication, "replicas": replication, "replication": replication, "rf": replication,
        "replicascount": replication, "replicacount": replication, "replicationfactor": replication,
        "offsetreset": reset, "startoffset": reset, "startingoffset": reset,
        "iterations": repeats, "repetitions": repeats, "rounds": repeats, "runs": repeats, "times": repeats,
    ]

    /// What someone meant by a key that a section does not take.
    static func find(_ name: String, in shape: MapShape) -> String? {
        guard let meaning = meanings[NearestName.bare(name)] else { return nil }
        return shape.key(meaning.key) != nil
            ? "did you mean '\(meaning.key)'?"
            : "did you mean '\(meaning.key)', in \(meaning.section)? \(meaning.example)"
    }

    /// What someone meant by a single value where keys stand; or the word that was meant.
    static func map(for text: String, at key: String, _ words: [String]) -> String? {
        switch (key, Quantity(text) ?? Quantity.mended(text, as: .rate)) {
        case ("load", .number(let count)): return "{concurrency: \(count)}"
        case ("load", .rate(let perSecond)): return "{rate: \(Quantity.rate(perSecond).text)}"
        case ("target", _)
        where text.split(separator: ",").allSatisfy({ ServerList.isServer(String($0)) }) && !text.isEmpty:
            return "{bootstrap.servers: \"\(text)\"}"
        default: return NearestName.word(text, among: words).map { "'\($0)'" }
        }
    }
}
