/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages of the plugin go to the file of the key log_file, else to the host's log. They never go to standard
 * error, which is the host's.
 */
#ifndef LINX_PLUGIN_HOST_LOG_H
#define LINX_PLUGIN_HOST_LOG_H

#include "base/message.h"
#include "plugin/falco_api.h"

struct host_log {
	int fd; /* -1: to the host */
	enum say_level least;
	void *owner;
	void (*host)(void *owner, const char *component, const char *msg, uint32_t severity); /* NULL: the host has no log */
	struct listener listener; /* receiver for functions that report */
};

/* Opens the log. path NULL: the host's log. -1: why is set. */
int host_log_open(struct host_log *h, const struct falco_init_input *in, const char *path, enum say_level least,
		  struct problem *why);
void host_log_close(struct host_log *h);

#endif
