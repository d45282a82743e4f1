#ifndef VERSION_H
#define VERSION_H

#include "codec.h"

/// The version of what a floor uses: the codec's library, or the kernel.
const char *floor_version(const struct codec *codec);

#endif
