/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The interface of a transport, which carries the lines of a view to their reader. Each transport is one file of
 * this directory and one row of TRANSPORTS. It runs in the thread of its view.
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
	/*
	 * Returns whether the settings ask for this transport. The first row that returns true is used. NULL:
	 * always true.
	 */
	bool (*wanted)(const struct settings *s);
	/*
	 * Opens the transport. settings and signals must live as long as the transport. NULL: why has the reason, and
	 * nothing is left open.
	 */
	struct transport *(*open)(const struct settings *s, struct signals *signals, struct problem *why);
	/* Writes or buffers complete lines; text is not used after the call. 0 or -errno. */
	int (*put)(struct transport *t, const char *text, size_t len);
	/* Writes the buffered lines. 0 or -errno. NULL: put() does that. */
	int (*flush)(struct transport *t);
	/* Writes buffered lines if they have waited long enough. 0 or -errno. NULL: no lines wait. */
	int (*look)(struct transport *t, uint64_t now_ns);
	/* Returns when look() must be called at the latest; UINT64_MAX: no lines wait. NULL: no lines ever wait. */
	uint64_t (*due)(struct transport *t, uint64_t now_ns);
	/* Writes the buffered lines, and closes the transport. 0 or -errno. */
	int (*finish)(struct transport *t);
	/* Frees everything, whether finish() was called or not. */
	void (*free)(struct transport *t);
};

/* First member of the structure of each transport. */
struct transport {
	const struct transport_ops *ops;
	const char *name; /* name that the user knows, for messages */
	int terminal; /* descriptor of the terminal that shows the lines; -1: lines do not go to a terminal */
};

#define TRANSPORTS(row) \
	row(log)        \
	row(stream)

#define TRANSPORT_DECLARE(name) extern const struct transport_ops transport_##name;
TRANSPORTS(TRANSPORT_DECLARE)

/* Opens the transport that the settings ask for. NULL: why has the reason. */
struct transport *transport_open(const struct settings *s, struct signals *signals, struct problem *why);

#endif
