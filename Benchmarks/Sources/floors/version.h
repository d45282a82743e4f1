#ifndef VERSION_H
#define VERSION_H

#include "codec.h"

/// What a floor stands on: the codec's library, or the kernel.
const char *floor_version(const struct codec *codec);

#endif
