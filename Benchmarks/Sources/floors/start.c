#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/meter.h"
#include "bench/report.h"
#include "session.h"
#include "verbs.h"
#include "version.h"

enum mode { mode_earliest, mode_new_group, mode_committed, mode_count };

static const char *const mode_names[mode_count] = {"earliest", "new-group", "committed"};

struct starter {
    const struct bench_options *options;
    enum mode mode;
    char group[64];
};

enum { list_beginning = -2, list_end = -1 };

static void name_group(struct starter *starter, size_t number) {
    snprintf(starter->group, sizeof starter->group, "floor-%d-%llu-%zu", (int)getpid(),
        (unsigned long long)bench_now_ns(), number);
}

/// Finds where each partition starts, on a connection that has made its first trip.
static int16_t find_places(struct trips *trips, const struct starter *starter) {
    int16_t error = 0;
    switch (starter->mode) {
    case mode_earliest:
        ask_list_offsets(trips, list_beginning);
        wire_send(&trips->wire);
        read_list_offsets(trips);
        return 0;
    case mode_committed:
        ask_offset_fetch(trips, starter->group);
        wire_send(&trips->wire);
        return read_offset_fetch(trips);
    default:
        // Where the log begins is asked for before it is known that nothing is committed: a trip less.
        ask_offset_fetch(trips, starter->group);
        ask_list_offsets(trips, list_beginning);
        wire_send(&trips->wire);
        error = read_offset_fetch(trips);
        for (int32_t partition = 0; partition < trips->partition_count && error == 0; partition++) {
            if (trips->offsets[partition] >= 0) bench_fail("a new group has a commit");
        }
        read_list_offsets(trips);
        return error;
    }
}

/// From connect to first record. Whole responses are received before their first record is read, as clients do.
static int16_t start_once(struct trips *trips, const void *context) {
    const struct starter *starter = context;
    const bool has_group = starter->mode == mode_new_group || starter->mode == mode_committed;
    int16_t error = session_connect(trips, (struct session_questions){.group = has_group ? starter->group : NULL});
    if (error == 0) error = find_places(trips, starter);
    if (error == 0) {
        ask_fetch(trips, starter->options);
        wire_send(&trips->wire);
        read_first_record(trips);
    }
    session_disconnect(trips);
    return error;
}

static int16_t commit_once(struct trips *trips, const void *context) {
    const struct starter *starter = context;
    int16_t error = session_connect(trips, (struct session_questions){.group = starter->group});
    if (error == 0) {
        ask_offset_commit(trips, starter->group);
        wire_send(&trips->wire);
        error = read_offset_commit(trips);
    }
    session_disconnect(trips);
    return error;
}

static void commit_halfway(struct trips *trips, const struct starter *starter) {
    int64_t begins[trips_partition_count_max];
    session_connect(trips, (struct session_questions){0});
    ask_list_offsets(trips, list_beginning);
    wire_send(&trips->wire);
    read_list_offsets(trips);
    memcpy(begins, trips->offsets, sizeof begins);
    ask_list_offsets(trips, list_end);
    wire_send(&trips->wire);
    read_list_offsets(trips);
    session_disconnect(trips);
    for (int32_t partition = 0; partition < trips->partition_count; partition++) {
        trips->offsets[partition] = begins[partition] + (trips->offsets[partition] - begins[partition]) / 2;
    }
    session_until_served(trips, commit_once, starter);
}

static enum mode mode_named(const char *name) {
    for (int mode = 0; mode < mode_count; mode++) {
        if (strcmp(mode_names[mode], name) == 0) return (enum mode)mode;
    }
    bench_fail("start knows earliest, new-group and committed, not %s", name);
}

int floor_start(const struct bench_options *options) {
    bench_deadline(3 * wire_timeout_seconds, "start: preparing");
    struct starter starter = {.options = options, .mode = mode_named(options->mode)};
    const size_t count = (size_t)options->count;
    uint64_t *samples_ns = calloc(count, sizeof *samples_ns);
    if (samples_ns == NULL) bench_fail("out of memory");
    struct trips *trips = session_open(options);
    session_await_topic(trips, false);
    name_group(&starter, count);
    if (starter.mode == mode_committed) commit_halfway(trips, &starter);
    // The first start may find a coordinator that is not there yet; it is no sample.
    session_until_served(trips, start_once, &starter);
    const struct bench_meter begin = bench_meter_read();
    for (size_t i = 0; i < count; i++) {
        bench_deadline(2 * wire_timeout_seconds, "start");
        if (starter.mode == mode_new_group) name_group(&starter, i);
        const uint64_t begin_ns = bench_now_ns();
        const int16_t error = start_once(trips, &starter);
        samples_ns[i] = bench_now_ns() - begin_ns;
        if (error != 0) bench_fail("start: error %d", error);
    }
    const struct bench_meter end = bench_meter_read();
    bench_report_samples(
        "floor", floor_version(NULL), samples_ns, count, end.cpu_ns - begin.cpu_ns, trips->wire.trips);
    session_free(trips);
    free(samples_ns);
    return 0;
}
