#ifndef VERBS_H
#define VERBS_H

#include "bench/options.h"

/// Produces flat out for warm-up and window.
int produce(const struct bench_options *options);

/// Writes so many records, spread evenly over the partitions.
int preload(const struct bench_options *options);

/// Reads all partitions from their start, again and again, for warm-up and window.
int fetch(const struct bench_options *options);

/// Starts a consumer, again and again, until its first record.
int start(const struct bench_options *options);

/// Produces single records, each by a new producer or all by a kept one.
int reuse(const struct bench_options *options);

/// Deletes the topic.
int delete_topic(const struct bench_options *options);

#endif
