#define _GNU_SOURCE
#include <stdio.h>

#include "client.h"
#include "verbs.h"

static const char usage[] =
    "usage: rdkafka-bench VERB OPTIONS\n"
    "\n"
    "Measures librdkafka, loaded when it starts: the system's, or the one of --library. One JSON line on stdout and exit\n"
    "code 0; what went wrong on stderr and 1; 2 for a wrong command line. CPU is user and system time of this process.\n"
    "\n"
    "  rdkafka-bench produce --bootstrap-servers H:P --topic T --partitions N --value-size BYTES --payload FILE\n"
    "      --window-ms MS [--warmup-ms MS] [--byte-limit BYTES] [--acks 1|all|0] [--compression CODEC]\n"
    "      [--batch-size BYTES] [--linger-ms MS] [--in-flight N] [--idempotence true|false] [--defaults true]\n"
    "  rdkafka-bench preload ... --records N             the same, so many records instead of a window\n"
    "  rdkafka-bench fetch --bootstrap-servers H:P --topic T --partitions N --window-ms MS [--warmup-ms MS]\n"
    "      [--fetch-max-bytes B] [--partition-fetch-max-bytes B] [--fetch-min-bytes B] [--fetch-max-wait-ms MS]\n"
    "    {\"peer\":\"librdkafka\",\"version\":\"2.0.2\",\"records\":N,\"payloadBytes\":N,\"wallNs\":N,\"cpuNs\":N,\"failed\":0}\n"
    "\n"
    "  rdkafka-bench start --mode earliest|new-group|committed --count N --bootstrap-servers H:P --topic T\n"
    "      --partitions N [fetch options]                constructor to first record\n"
    "  rdkafka-bench reuse --mode new|kept --count N --bootstrap-servers H:P --topic T --partitions N\n"
    "      --value-size BYTES --payload FILE [--idempotence true|false] [--acks 1|all] [--linger-ms MS]\n"
    "    {\"peer\":\"librdkafka\",\"version\":\"2.0.2\",\"samplesNs\":[N,...],\"cpuNs\":N}\n"
    "\n"
    "  rdkafka-bench delete-topic --bootstrap-servers H:P --topic T      {}\n";

int delete_topic(const struct bench_options *options) {
    library_load(options->library);
    rd_kafka_t *client = client_new(RD_KAFKA_PRODUCER, client_conf(options), options);
    client_delete_topic(client, options);
    rdk.destroy(client);
    puts("{}");
    return 0;
}

int main(int argc, char **argv) {
    static const struct bench_verb verbs[] = {
        {"produce", "bootstrap-servers topic partitions value-size payload window-ms", produce},
        {"preload", "bootstrap-servers topic partitions value-size payload records", preload},
        {"fetch", "bootstrap-servers topic partitions window-ms", fetch},
        {"start", "bootstrap-servers topic partitions mode count", start},
        {"reuse", "bootstrap-servers topic partitions value-size payload mode count", reuse},
        {"delete-topic", "bootstrap-servers topic", delete_topic},
        {NULL, NULL, NULL},
    };
    return bench_main(argc, argv, usage, verbs);
}
