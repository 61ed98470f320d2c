/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The engine that reads capture files. Its input is a callback, so that tests and the fuzzer need no file. */
#ifndef LINX_ENGINE_FILE_H
#define LINX_ENGINE_FILE_H

#include <sys/types.h>
#include "engine/engine.h"

struct linx_input {
	/* Reads like read(2): returns bytes, 0 at the end, or -errno. -EAGAIN: poll fd first. */
	ssize_t (*read)(void *ctx, void *buf, size_t len);
	void *ctx;
	int fd; /* polled before each read; -1: reading never waits */
};

/* Opens an engine on an input and reads the first header. *in and name are copied; err may be NULL. 0 or -errno. */
int linx_engine_input_open(const struct linx_input *in, const char *name, struct linx_engine **out,
			   struct linx_error *err);

#endif
