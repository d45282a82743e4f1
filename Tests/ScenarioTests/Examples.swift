/// The scenarios from which the language was designed.
enum Examples {
    static let producerReuse = """
        weir: 1
        name: producer-reuse
        about: What a producer costs when it is re-created instead of kept.

        target: embedded                       # or {bootstrap.servers: "a:9092,b:9092"}
        topic: {partitions: 4}                 # made for a cell, deleted when the run ends
        measure: {warmup: 2 s, for: 10 s, repeats: 8}

        experiments:
          reuse:
            produce:
              value: {size: 100 B, random: 50 %}
              load: {concurrency: {each: [1, 16]}}
              recreate: {each: [never, {producer: 1 record}, {client: 1 record}]}
              producer: {acks: all, linger.ms: 0, compression.type: {each: [none, lz4]}}
            baseline: {recreate: never}
            except: [{recreate: {client: 1 record}, compression.type: lz4}]

        """

    static let startLatency = """
        weir: 1
        name: start-latency
        about: How long a consumer takes to its first record, and where it starts, under each offset policy.
        topic: {partitions: 4, preload: {records: 20000 records, value: {size: 100 B}}}
        measure: {starts: 125, repeats: 8}                  # percentiles are over all starts
        experiments:
          start:
            start: {until: first record, consumer: {fetch.min.bytes: 1}}
            cases:
              earliest:  {start: {consumer: {auto.offset.reset: earliest}}}
              latest:    {start: {consumer: {auto.offset.reset: latest}}}
              committed: {start: {committed: {behind: 1000 records}}}
              reset:     {start: {committed: {behind: 1000 records}, reset: on start, consumer: {auto.offset.reset: earliest}}}

        """
}
