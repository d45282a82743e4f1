#ifndef VERBS_H
#define VERBS_H

#include "bench/options.h"

/// Encodes batches, compresses them, and sends them to a process that receives and discards.
int floor_produce(const struct bench_options *options);

/// Encodes batches, checksums them, and keeps each request until the process at the other end has answered it.
int floor_acknowledged(const struct bench_options *options);

/// Receives batches from a process that sends a file of them, checks, decompresses and iterates them.
int floor_fetch(const struct bench_options *options);

/// Sends a file of batches by sendfile to a process that receives and discards.
int floor_sendfile(const struct bench_options *options);

/// Reads a topic over and over, and takes what the broker gives out like the process that sendfile's floor sends to.
int floor_drain(const struct bench_options *options);

/// Compresses and decompresses batches.
int floor_codec(const struct bench_options *options);

/// Copies values, one by one, into a batch's place.
int floor_memcpy(const struct bench_options *options);

/// Computes the checksum of batches.
int floor_crc(const struct bench_options *options);

/// A loop that does nothing but wake at fixed times.
int floor_pacing(const struct bench_options *options);

/// The least sequence of trips from a connect to a first record.
int floor_start(const struct bench_options *options);

/// The least sequence of trips from a connect, or on a kept connection, to a record's acknowledgement.
int floor_reuse(const struct bench_options *options);

#endif
