#define _GNU_SOURCE
#include "batch.h"
#include "loopback.h"
#include "verbs.h"
#include "version.h"
#include "window.h"

int floor_produce(const struct bench_options *options) {
    struct batch_writer writer = batch_writer_open(options);
    const struct loopback_peer sink = loopback_fork(loopback_drain, NULL);
    struct window window = window_begin(options);
    struct batch batch;
    do {
        batch = batch_write(&writer);
        loopback_send(sink.descriptor, batch.bytes, batch.size);
    } while (window_step(&window, batch.records, batch.records * writer.payload.value_size));
    loopback_join(sink);
    const int code = bench_report_throughput("floor", floor_version(writer.codec), &window.done);
    batch_writer_close(&writer);
    return code;
}
