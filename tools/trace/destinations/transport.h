/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The contract of a transport: it carries the lines of a view to their readers. Each is one file of this
 * folder and one row of TRANSPORTS. It runs in the thread of its view.
 */
#ifndef LINXCAP_TRANSPORT_H
#define LINXCAP_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/message.h"
#include "base/signals.h"

struct settings;
struct transport;

struct transport_ops {
	/* True if the settings want it. The first such row is taken. NULL: always. */
	bool (*wanted)(const struct settings *s);
	/* Opens it; settings and signals outlive the transport. NULL: why is set, and nothing is left open. */
	struct transport *(*open)(const struct settings *s, struct signals *signals, struct problem *why);
	/* Takes whole lines, and copies them. 0 or -errno. */
	int (*put)(struct transport *t, const char *text, size_t len);
	/* Writes collected lines. 0 or -errno. NULL: put() does. */
	int (*flush)(struct transport *t);
	/* Checks whether lines have waited long enough. 0 or -errno. NULL: none wait. */
	int (*look)(struct transport *t, uint64_t now_ns);
	/* Latest time of the next look(); UINT64_MAX: no lines wait. NULL: none ever do. */
	uint64_t (*due)(struct transport *t, uint64_t now_ns);
	/* Writes the rest and closes. 0 or -errno. */
	int (*finish)(struct transport *t);
	/* Releases everything, with or without finish(). */
	void (*free)(struct transport *t);
};

/* First member of each transport's own structure. */
struct transport {
	const struct transport_ops *ops;
	const char *name; /* name that the user knows, for messages */
	int terminal; /* descriptor of the terminal that shows the lines; -1: no terminal */
};

#define TRANSPORTS(row) \
	row(log)        \
	row(stream)

#define TRANSPORT_DECLARE(name) extern const struct transport_ops transport_##name;
TRANSPORTS(TRANSPORT_DECLARE)

/* Opens the transport that the settings want. NULL: why is set. */
struct transport *transport_open(const struct settings *s, struct signals *signals, struct problem *why);

#endif
