#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>

#include "trips.h"

/// What is asked for along with ApiVersions and Metadata, as no answer is needed to ask it.
struct session_questions {
    /// Whose coordinator; NULL has none.
    const char *group;
    bool wants_producer_id;
};

/// Memory and addresses for trips about the topic of the options; nothing is connected yet.
struct trips *session_open(const struct bench_options *options);

void session_free(struct trips *trips);

/// Connects and makes the first trip. Further ones go to the broker that Metadata named: if its address is another
/// one, by another connect.
///
/// Returns an error that passes, or 0.
int16_t session_connect(struct trips *trips, struct session_questions questions);

/// Closes the connection.
void session_disconnect(struct trips *trips);

/// Repeats `attempt`, which returns 0 or an error that passes, for 30 s at most.
void session_until_served(
    struct trips *trips, int16_t (*attempt)(struct trips *trips, const void *context), const void *context);

/// Waits until the topic's partitions have leaders; creates it before if asked to.
void session_await_topic(struct trips *trips, bool creates);

#endif
