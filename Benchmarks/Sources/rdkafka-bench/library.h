#ifndef LIBRARY_H
#define LIBRARY_H

#include <librdkafka/rdkafka.h>

// Every function of librdkafka that is used, without its prefix.
#define LIBRARY_FUNCTIONS(X)                                                                                          \
    X(version_str)                                                                                                    \
    X(err2str)                                                                                                        \
    X(last_error)                                                                                                     \
    X(conf_new)                                                                                                       \
    X(conf_set)                                                                                                       \
    X(conf_set_opaque)                                                                                                \
    X(conf_set_error_cb)                                                                                              \
    X(conf_set_dr_msg_cb)                                                                                             \
    X(new)                                                                                                            \
    X(destroy)                                                                                                        \
    X(topic_new)                                                                                                      \
    X(topic_destroy)                                                                                                  \
    X(metadata)                                                                                                       \
    X(metadata_destroy)                                                                                               \
    X(query_watermark_offsets)                                                                                        \
    X(poll)                                                                                                           \
    X(produce)                                                                                                        \
    X(produce_batch)                                                                                                  \
    X(queue_new)                                                                                                      \
    X(queue_destroy)                                                                                                  \
    X(queue_poll)                                                                                                     \
    X(event_error)                                                                                                    \
    X(event_error_string)                                                                                             \
    X(event_destroy)                                                                                                  \
    X(event_CreateTopics_result)                                                                                      \
    X(CreateTopics_result_topics)                                                                                     \
    X(event_DeleteTopics_result)                                                                                      \
    X(DeleteTopics_result_topics)                                                                                     \
    X(topic_result_error)                                                                                             \
    X(NewTopic_new)                                                                                                   \
    X(NewTopic_destroy)                                                                                               \
    X(DeleteTopic_new)                                                                                                \
    X(DeleteTopic_destroy)                                                                                            \
    X(CreateTopics)                                                                                                   \
    X(DeleteTopics)                                                                                                   \
    X(consume_start_queue)                                                                                            \
    X(consume_stop)                                                                                                   \
    X(consume_callback_queue)                                                                                         \
    X(seek)                                                                                                           \
    X(consume_queue)                                                                                                  \
    X(message_destroy)                                                                                                \
    X(poll_set_consumer)                                                                                              \
    X(topic_partition_list_new)                                                                                       \
    X(topic_partition_list_add)                                                                                       \
    X(topic_partition_list_destroy)                                                                                   \
    X(assign)                                                                                                         \
    X(consumer_poll)                                                                                                  \
    X(consumer_close)                                                                                                 \
    X(commit)

/// The functions of the librdkafka that was loaded.
struct library {
#define LIBRARY_MEMBER(name) __typeof__(rd_kafka_##name) *name;
    LIBRARY_FUNCTIONS(LIBRARY_MEMBER)
#undef LIBRARY_MEMBER
};

extern struct library rdk;

/// Loads librdkafka from `path`, or the system's own when NULL; ends the program when it cannot.
void library_load(const char *path);

#endif
