#ifndef BENCH_CORE_H
#define BENCH_CORE_H

/// Keeps this process, and the threads that it makes from now on, on one of the cores that it may use.
///
/// A library that makes each record in one thread and frees it in another is cheaper, and faster, so: see fetch.c.
void bench_hold_to_one_core(void);

#endif
