#define _GNU_SOURCE
#include "bench/options.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { kind_text, kind_number, kind_boolean, kind_property };

struct option {
    const char *name;
    enum kind kind;
    size_t offset;
    int64_t min;
    int64_t max;
    const char *help;
};

#define AT(field) offsetof(struct bench_options, field)
#define TEXT(name, field, help) {name, kind_text, AT(field), 0, 0, help}
#define NUMBER(name, field, min, max, help) {name, kind_number, AT(field), min, max, help}
#define BOOLEAN(name, field, help) {name, kind_boolean, AT(field), 0, 0, help}

static const struct option known[] = {
    TEXT("bootstrap-servers", bootstrap_servers, "HOST:PORT of the broker"),
    TEXT("topic", topic, "the topic"),
    NUMBER("partitions", partitions, 1, 1024, "its partitions"),
    NUMBER("value-size", value_size, 1, 1 << 24, "bytes of a value"),
    TEXT("payload", payload, "file of values, one behind the other, used round and round"),
    TEXT("acks", acks, "1, all or 0"),
    TEXT("compression", compression, "none, lz4, zstd, snappy or gzip"),
    NUMBER("batch-size", batch_size, 1, 1 << 26, "bytes of a batch"),
    NUMBER("linger-ms", linger_ms, 0, 60000, "how long a batch waits to be filled"),
    NUMBER("in-flight", in_flight, 1, 1000, "requests in flight on a connection"),
    BOOLEAN("idempotence", idempotence, "true or false"),
    NUMBER("fetch-max-bytes", fetch_max_bytes, 1, 1 << 30, "bytes of a fetch"),
    NUMBER("partition-fetch-max-bytes", partition_fetch_max_bytes, 1, 1 << 30, "bytes of one partition in a fetch"),
    NUMBER("fetch-min-bytes", fetch_min_bytes, 1, 1 << 30, "bytes that a fetch waits for"),
    NUMBER("fetch-max-wait-ms", fetch_max_wait_ms, 0, 60000, "how long it does"),
    NUMBER("warmup-ms", warmup_ms, 0, 3600000, "time before the window"),
    NUMBER("window-ms", window_ms, 1, 3600000, "time that is measured"),
    NUMBER("byte-limit", byte_limit, 1, INT64_MAX, "payload bytes, warm-up included, at which the window ends early"),
    NUMBER("records", records, 1, 1000000000, "records in all"),
    NUMBER("count", count, 1, 1000000, "samples"),
    TEXT("mode", mode, "of start or reuse"),
    NUMBER("rate", rate, 1, 10000000, "ticks a second"),
    BOOLEAN("defaults", defaults, "true: the client's own defaults for batch, linger, in flight and fetch"),
    TEXT("library", library, "the librdkafka to load"),
    {"property", kind_property, 0, 0, 0, "KEY=VALUE, handed to the client; may be repeated"},
};
static const size_t known_count = sizeof known / sizeof *known;

static __attribute__((noreturn)) void misuse(const char *what, const char *name) {
    fprintf(stderr, "%s: %s%s (see --help)\n", program_invocation_short_name, what, name);
    exit(2);
}

static const struct option *find(const char *name) {
    for (size_t i = 0; i < known_count; i++) {
        if (strcmp(known[i].name, name) == 0) return &known[i];
    }
    return NULL;
}

static int64_t *number_at(struct bench_options *options, const struct option *option) {
    return (int64_t *)((char *)options + option->offset);
}

static const char **text_at(struct bench_options *options, const struct option *option) {
    return (const char **)((char *)options + option->offset);
}

static int64_t parse_number(const struct option *option, const char *value) {
    char *end = NULL;
    errno = 0;
    const long long number = strtoll(value, &end, 10);
    if (errno != 0 || end == value || *end != '\0' || number < option->min || number > option->max) {
        fprintf(stderr, "--%s wants a number from %lld to %lld, not %s\n", option->name, (long long)option->min,
            (long long)option->max, value);
        exit(2);
    }
    return number;
}

static void set(struct bench_options *options, const struct option *option, const char *value) {
    switch (option->kind) {
    case kind_text: *text_at(options, option) = value; break;
    case kind_number: *number_at(options, option) = parse_number(option, value); break;
    case kind_boolean:
        if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0) misuse("true or false: --", option->name);
        *number_at(options, option) = value[0] == 't';
        break;
    case kind_property:
        if (strchr(value, '=') == NULL) misuse("not KEY=VALUE: ", value);
        if (options->property_count == bench_property_count_max) misuse("too many of --", option->name);
        options->properties[options->property_count++] = value;
        break;
    }
}

static void clear(struct bench_options *options) {
    memset(options, 0, sizeof *options);
    for (size_t i = 0; i < known_count; i++) {
        if (known[i].kind == kind_number || known[i].kind == kind_boolean) *number_at(options, &known[i]) = -1;
    }
}

static bool is_given(struct bench_options *options, const struct option *option) {
    return option->kind == kind_text ? *text_at(options, option) != NULL : *number_at(options, option) >= 0;
}

static void require(struct bench_options *options, const char *needs) {
    char names[256];
    snprintf(names, sizeof names, "%s", needs);
    for (char *name = strtok(names, " "); name != NULL; name = strtok(NULL, " ")) {
        const struct option *option = find(name);
        if (option == NULL || !is_given(options, option)) misuse("missing --", name);
    }
}

static void help(const char *usage) {
    printf("%s\noptions:\n", usage);
    for (size_t i = 0; i < known_count; i++) printf("  --%-26s %s\n", known[i].name, known[i].help);
}

int bench_main(int argc, char **argv, const char *usage, const struct bench_verb *verbs) {
    struct bench_options options;
    clear(&options);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            help(usage);
            return 0;
        }
    }
    if (argc < 2) misuse("a verb is missing", "");
    options.verb = argv[1];
    for (int i = 2; i < argc; i += 2) {
        const struct option *option = strncmp(argv[i], "--", 2) == 0 ? find(argv[i] + 2) : NULL;
        if (option == NULL) misuse("unknown option ", argv[i]);
        if (i + 1 == argc) misuse("no value for ", argv[i]);
        set(&options, option, argv[i + 1]);
    }
    for (const struct bench_verb *verb = verbs; verb->name != NULL; verb++) {
        if (strcmp(verb->name, options.verb) != 0) continue;
        require(&options, verb->needs);
        return verb->run(&options);
    }
    misuse("unknown verb ", options.verb);
}
