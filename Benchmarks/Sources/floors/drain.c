#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "session.h"
#include "verbs.h"
#include "version.h"
#include "window.h"

/// A question, by where it has the partitions read from, and what its answer holds.
struct step {
    int64_t offsets[trips_partition_count_max];
    struct answer answer;
};

struct course {
    struct step *steps;
    size_t count;
};

static void ask(struct trips *trips, const struct bench_options *options, const struct step *step) {
    memcpy(trips->offsets, step->offsets, sizeof step->offsets);
    ask_fetch(trips, options);
    wire_send(&trips->wire);
}

/// Reads the topic to its end, and checks all of it: what comes back for the same question later on is the same.
static struct course learn(struct trips *trips, const struct bench_options *options) {
    struct course course = {0};
    for (;;) {
        bench_deadline(wire_timeout_seconds, "drain: reading ahead");
        course.steps = realloc(course.steps, (course.count + 1) * sizeof *course.steps);
        if (course.steps == NULL) bench_fail("out of memory");
        struct step *step = &course.steps[course.count];
        memcpy(step->offsets, trips->offsets, sizeof step->offsets);
        ask(trips, options, step);
        step->answer = read_fetch(trips);
        if (step->answer.records == 0) break;
        course.count++;
    }
    if (course.count == 0) bench_fail("drain: the topic is empty");
    return course;
}

int floor_drain(const struct bench_options *options) {
    struct trips *trips = session_open(options);
    session_await_topic(trips, false);
    if (session_connect(trips, (struct session_questions){0}) != 0) bench_fail("drain: the topic has no leader");
    const struct course course = learn(trips, options);
    size_t at = 0;
    ask(trips, options, &course.steps[at]);
    struct window window = window_begin(options);
    struct answer answer;
    do {
        answer = course.steps[at].answer;
        at = (at + 1) % course.count;
        // The next question is there before the broker is done with this one.
        ask(trips, options, &course.steps[at]);
        const size_t size = wire_drain(&trips->wire);
        if (size != answer.size) bench_fail("drain: an answer of %zu bytes instead of %zu", size, answer.size);
    } while (window_step(&window, answer.records, answer.payload_bytes));
    session_disconnect(trips);
    session_free(trips);
    free(course.steps);
    return bench_report_throughput("floor", floor_version(NULL), &window.done);
}
