/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A capture file as a source; read through a callback so that tests and the fuzzer need no file. */
#ifndef LINX_ENGINE_FILE_H
#define LINX_ENGINE_FILE_H

#include <sys/types.h>
#include "engine/engine.h"

struct linx_input {
	/* As read(2): bytes, 0 at the end, -errno. -EAGAIN: poll fd first. */
	ssize_t (*read)(void *ctx, void *buf, size_t len);
	void *ctx;
	int fd; /* to poll before a read; -1: reading never waits */
};

/* Reads the first header. name is copied. */
int linx_engine_input_open(const struct linx_input *in, const char *name, struct linx_engine **out,
			   struct linx_error *err);

#endif
