#ifndef CLIENT_H
#define CLIENT_H

#include "bench/options.h"
#include "library.h"

enum {
    /// The time within which a broker must have answered, a topic be there, a record be delivered.
    client_timeout_ms = 30000,
    /// What a verb may take beside warm-up and window.
    client_spare_seconds = 60,
};

/// Sets a property, or ends the program with what the library says of it.
void client_set(rd_kafka_conf_t *conf, const char *key, const char *value);
void client_set_number(rd_kafka_conf_t *conf, const char *key, int64_t value);

/// How often so far all brokers were out of reach, or a client gave up; told by polling.
unsigned client_outage_count(void);

/// A configuration with what every verb needs: bootstrap servers, timeouts, Nagle off.
rd_kafka_conf_t *client_conf(const struct bench_options *options);

/// A producer's: acks, codec, idempotence, and unless the library's defaults are asked for batch, linger and requests
/// in flight.
rd_kafka_conf_t *client_producer_conf(const struct bench_options *options);

/// A consumer's: checksums are checked, nothing is committed, and unless the library's defaults are asked for the
/// fetch sizes.
rd_kafka_conf_t *client_consumer_conf(const struct bench_options *options);

/// Adds the `--property` options, which may overrule all else, and makes the client.
rd_kafka_t *client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, const struct bench_options *options);

/// The topic, once all its partitions have leaders.
rd_kafka_topic_t *client_topic(rd_kafka_t *client, const struct bench_options *options);

/// Creates the topic unless it is there.
void client_create_topic(rd_kafka_t *client, const struct bench_options *options);

/// Deletes the topic.
void client_delete_topic(rd_kafka_t *client, const struct bench_options *options);

#endif
