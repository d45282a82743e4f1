#define _GNU_SOURCE
#include "session.h"

#include <stdlib.h>
#include <unistd.h>

#include "bench/meter.h"
#include "bench/report.h"

struct trips *session_open(const struct bench_options *options) {
    struct trips *trips = calloc(1, sizeof *trips);
    if (trips == NULL) bench_fail("out of memory");
    wire_allocate(&trips->wire);
    trips->bootstrap = wire_resolve(options->bootstrap_servers);
    trips->topic = options->topic;
    trips->partition_count = (int32_t)options->partitions;
    return trips;
}

void session_free(struct trips *trips) {
    wire_free(&trips->wire);
    free(trips);
}

static bool is_same(const struct sockaddr_in *left, const struct sockaddr_in *right) {
    return left->sin_addr.s_addr == right->sin_addr.s_addr && left->sin_port == right->sin_port;
}

int16_t session_connect(struct trips *trips, struct session_questions questions) {
    wire_connect(&trips->wire, &trips->bootstrap);
    trips->wire.trips = 0;
    ask_api_versions(trips);
    ask_metadata(trips);
    if (questions.group != NULL) ask_find_coordinator(trips, questions.group);
    if (questions.wants_producer_id) ask_init_producer_id(trips);
    wire_send(&trips->wire);
    read_api_versions(trips);
    int16_t error = read_metadata(trips);
    if (questions.group != NULL) {
        const int16_t of_coordinator = read_find_coordinator(trips);
        if (error == 0) error = of_coordinator;
    }
    if (questions.wants_producer_id) {
        const int16_t of_id = read_init_producer_id(trips);
        if (error == 0) error = of_id;
    }
    if (error == 0 && !is_same(&trips->leader, &trips->bootstrap)) {
        wire_close(&trips->wire);
        wire_connect(&trips->wire, &trips->leader);
    }
    return error;
}

void session_disconnect(struct trips *trips) { wire_close(&trips->wire); }

void session_until_served(
    struct trips *trips, int16_t (*attempt)(struct trips *trips, const void *context), const void *context) {
    const uint64_t end_ns = bench_now_ns() + (uint64_t)wire_timeout_seconds * 1000000000;
    int16_t error;
    while ((error = attempt(trips, context)) != 0) {
        if (bench_now_ns() > end_ns) bench_fail("error %d for %d s", error, wire_timeout_seconds);
        usleep(50000);
    }
}

static int16_t connect_once(struct trips *trips, const void *context) {
    (void)context;
    const int16_t error = session_connect(trips, (struct session_questions){0});
    session_disconnect(trips);
    return error;
}

void session_await_topic(struct trips *trips, bool creates) {
    if (creates) {
        wire_connect(&trips->wire, &trips->bootstrap);
        ask_create_topic(trips);
        wire_send(&trips->wire);
        read_create_topic(trips);
        wire_close(&trips->wire);
    }
    session_until_served(trips, connect_once, NULL);
}
