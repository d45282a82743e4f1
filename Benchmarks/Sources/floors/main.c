#define _GNU_SOURCE
#include <stddef.h>

#include "verbs.h"

static const char usage[] =
    "usage: floors VERB OPTIONS\n"
    "\n"
    "The least that a machine needs for what clients do. One JSON line on stdout and exit code 0; what went wrong on stderr\n"
    "and 1; 2 for a wrong command line. CPU is user and system time of this process; who is at the other end is another.\n"
    "\n"
    "  floors produce --value-size BYTES --payload FILE --batch-size BYTES --window-ms MS [--warmup-ms MS]\n"
    "      [--compression none|lz4|zstd]       encode, [compress,] checksum, send over loopback\n"
    "  floors acknowledged ... --partitions N --in-flight N\n"
    "      the same without a codec, in requests of a batch for each partition, each kept until it is answered\n"
    "  floors fetch ... [--partitions N] [--fetch-max-bytes B] [--partition-fetch-max-bytes B] [--records N]\n"
    "      receive, checksum, [decompress,] iterate; --records is how many there are before they come again\n"
    "  floors sendfile ...                     the same as fetch, but only sends; payloadBytes are those of the batches\n"
    "  floors drain --bootstrap-servers H:P --topic T --partitions N --window-ms MS [--warmup-ms MS] [fetch options]\n"
    "      reads a topic over and over; after the first time the answers are taken unread\n"
    "  floors crc ...                          like produce, but only the checksum; payloadBytes are those of the batches\n"
    "  floors memcpy ...                       like produce, but only the copy of the values\n"
    "    {\"peer\":\"floor\",\"version\":\"Linux 6.1\",\"records\":N,\"payloadBytes\":N,\"wallNs\":N,\"cpuNs\":N,\"failed\":0}\n"
    "\n"
    "  floors codec ... --compression lz4|zstd       like produce, but only the codec, one window each way\n"
    "    {\"peer\":\"floor\",\"version\":\"lz4 1.9.4\",\"batchBytes\":N,\"compressedBytes\":N,\"batchRecords\":N,\n"
    "     \"compressNsPerByte\":X,\"decompressNsPerByte\":X,\"compressNsPerRecord\":X,\"decompressNsPerRecord\":X}\n"
    "\n"
    "  floors start --mode earliest|new-group|committed --count N --bootstrap-servers H:P --topic T\n"
    "      --partitions N [fetch options]      connect to first record, by the least trips\n"
    "  floors reuse --mode new|kept --count N --bootstrap-servers H:P --topic T --partitions N --value-size BYTES\n"
    "      --payload FILE [--idempotence true|false] [--acks 1|all]        connect to acknowledgement\n"
    "    {\"peer\":\"floor\",\"version\":\"Linux 6.1\",\"trips\":N,\"samplesNs\":[N,...],\"cpuNs\":N}\n"
    "\n"
    "  floors pacing --rate HZ --window-ms MS [--warmup-ms MS]\n"
    "    {\"peer\":\"floor\",\"version\":\"Linux 6.1\",\"ticks\":N,\"p50Ns\":N,\"p99Ns\":N,\"maxNs\":N,\"wallNs\":N,\"cpuNs\":N}\n";

int main(int argc, char **argv) {
    static const struct bench_verb verbs[] = {
        {"produce", "value-size payload batch-size window-ms", floor_produce},
        {"acknowledged", "value-size payload batch-size window-ms partitions in-flight", floor_acknowledged},
        {"fetch", "value-size payload batch-size window-ms", floor_fetch},
        {"sendfile", "value-size payload batch-size window-ms", floor_sendfile},
        {"drain", "bootstrap-servers topic partitions window-ms", floor_drain},
        {"codec", "value-size payload batch-size window-ms compression", floor_codec},
        {"memcpy", "value-size payload batch-size window-ms", floor_memcpy},
        {"crc", "value-size payload batch-size window-ms", floor_crc},
        {"start", "bootstrap-servers topic partitions mode count", floor_start},
        {"reuse", "bootstrap-servers topic partitions value-size payload mode count", floor_reuse},
        {"pacing", "rate window-ms", floor_pacing},
        {NULL, NULL, NULL},
    };
    return bench_main(argc, argv, usage, verbs);
}
