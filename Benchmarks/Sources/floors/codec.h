#ifndef CODEC_H
#define CODEC_H

#include <stddef.h>
#include <stdint.h>

/// A codec of record batches with contexts that are kept from call to call; the settings are Kafka's own.
struct codec;

/// `none` (or NULL) gives NULL; a codec that is not there ends the program.
struct codec *codec_open(const char *name);

void codec_close(struct codec *codec);

/// What stands in a batch's attributes; 0 for NULL.
int16_t codec_id(const struct codec *codec);

/// The library and its version.
const char *codec_version(const struct codec *codec);

/// How much room `codec_compress` may need for so many bytes.
size_t codec_bound(const struct codec *codec, size_t size);

size_t codec_compress(struct codec *codec, const uint8_t *from, size_t size, uint8_t *to, size_t room);

size_t codec_decompress(struct codec *codec, const uint8_t *from, size_t size, uint8_t *to, size_t room);

#endif
