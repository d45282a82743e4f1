#define _GNU_SOURCE
#include "version.h"

#include <stdio.h>
#include <sys/utsname.h>

const char *floor_version(const struct codec *codec) {
    static char text[256];
    struct utsname kernel;
    uname(&kernel);
    if (codec == NULL) {
        snprintf(text, sizeof text, "%s %s", kernel.sysname, kernel.release);
    } else {
        snprintf(text, sizeof text, "%s", codec_version(codec));
    }
    return text;
}
