/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages of the plugin. They go to the file that the key log_file names, or without it to the host's log, but
 * never to standard error, which belongs to the host.
 */
#ifndef LINX_PLUGIN_HOST_LOG_H
#define LINX_PLUGIN_HOST_LOG_H

#include "base/message.h"
#include "plugin/falco_api.h"

struct host_log {
	int fd; /* descriptor of the log file; -1: messages go to the host */
	enum say_level least;
	void *owner;
	void (*host)(void *owner, const char *component, const char *msg, uint32_t severity); /* NULL: no host log */
	struct listener listener; /* for functions that report to a listener: passes messages to this log */
};

/* Opens the log. path: the file; NULL: the host's log. -1: why has the reason. */
int host_log_open(struct host_log *h, const struct falco_init_input *in, const char *path, enum say_level least,
		  struct problem *why);
void host_log_close(struct host_log *h);

#endif
