#define _GNU_SOURCE
#include "codec.h"

#include <lz4.h>
#include <lz4frame.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "bench/report.h"

enum { id_none = 0, id_lz4 = 3, id_zstd = 4 };

struct codec {
    int16_t id;
    char version[32];
    LZ4F_preferences_t lz4_preferences;
    LZ4F_cctx *lz4_compressor;
    LZ4F_dctx *lz4_decompressor;
    ZSTD_CCtx *zstd_compressor;
    ZSTD_DCtx *zstd_decompressor;
};

static size_t lz4_checked(size_t result) {
    if (LZ4F_isError(result)) bench_fail("lz4: %s", LZ4F_getErrorName(result));
    return result;
}

static size_t zstd_checked(size_t result) {
    if (ZSTD_isError(result)) bench_fail("zstd: %s", ZSTD_getErrorName(result));
    return result;
}

static void lz4_open(struct codec *codec) {
    // As Java's client writes frames: independent blocks of 64 KiB without checksums of the content.
    codec->lz4_preferences.frameInfo.blockSizeID = LZ4F_max64KB;
    codec->lz4_preferences.frameInfo.blockMode = LZ4F_blockIndependent;
    codec->lz4_preferences.autoFlush = 1;
    lz4_checked(LZ4F_createCompressionContext(&codec->lz4_compressor, LZ4F_VERSION));
    lz4_checked(LZ4F_createDecompressionContext(&codec->lz4_decompressor, LZ4F_VERSION));
    const int version = LZ4_versionNumber();
    snprintf(
        codec->version, sizeof codec->version, "lz4 %d.%d.%d", version / 10000, version / 100 % 100, version % 100);
}

static void zstd_open(struct codec *codec) {
    codec->zstd_compressor = ZSTD_createCCtx();
    codec->zstd_decompressor = ZSTD_createDCtx();
    if (codec->zstd_compressor == NULL || codec->zstd_decompressor == NULL) bench_fail("out of memory");
    zstd_checked(ZSTD_CCtx_setParameter(codec->zstd_compressor, ZSTD_c_compressionLevel, ZSTD_CLEVEL_DEFAULT));
    snprintf(codec->version, sizeof codec->version, "zstd %s", ZSTD_versionString());
}

struct codec *codec_open(const char *name) {
    if (name == NULL || strcmp(name, "none") == 0) return NULL;
    struct codec *codec = calloc(1, sizeof *codec);
    if (codec == NULL) bench_fail("out of memory");
    if (strcmp(name, "lz4") == 0) {
        codec->id = id_lz4;
        lz4_open(codec);
    } else if (strcmp(name, "zstd") == 0) {
        codec->id = id_zstd;
        zstd_open(codec);
    } else {
        bench_fail("there are floors for none, lz4 and zstd, not for %s", name);
    }
    return codec;
}

void codec_close(struct codec *codec) {
    if (codec == NULL) return;
    LZ4F_freeCompressionContext(codec->lz4_compressor);
    LZ4F_freeDecompressionContext(codec->lz4_decompressor);
    ZSTD_freeCCtx(codec->zstd_compressor);
    ZSTD_freeDCtx(codec->zstd_decompressor);
    free(codec);
}

int16_t codec_id(const struct codec *codec) { return codec == NULL ? id_none : codec->id; }

const char *codec_version(const struct codec *codec) { return codec->version; }

size_t codec_bound(const struct codec *codec, size_t size) {
    if (codec->id == id_zstd) return ZSTD_compressBound(size);
    return LZ4F_compressBound(size, &codec->lz4_preferences) + LZ4F_HEADER_SIZE_MAX;
}

size_t codec_compress(struct codec *codec, const uint8_t *from, size_t size, uint8_t *to, size_t room) {
    if (codec->id == id_zstd) return zstd_checked(ZSTD_compress2(codec->zstd_compressor, to, room, from, size));
    LZ4F_cctx *context = codec->lz4_compressor;
    size_t at = lz4_checked(LZ4F_compressBegin(context, to, room, &codec->lz4_preferences));
    at += lz4_checked(LZ4F_compressUpdate(context, to + at, room - at, from, size, NULL));
    return at + lz4_checked(LZ4F_compressEnd(context, to + at, room - at, NULL));
}

size_t codec_decompress(struct codec *codec, const uint8_t *from, size_t size, uint8_t *to, size_t room) {
    if (codec->id == id_zstd) {
        return zstd_checked(ZSTD_decompressDCtx(codec->zstd_decompressor, to, room, from, size));
    }
    size_t read = size;
    size_t written = room;
    const size_t left = lz4_checked(LZ4F_decompress(codec->lz4_decompressor, to, &written, from, &read, NULL));
    if (left != 0 || read != size) bench_fail("lz4: a frame of %zu bytes has no room in %zu", size, room);
    return written;
}
