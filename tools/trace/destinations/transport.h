/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The contract of a transport: it carries the lines of a view to where they are read. Each is one file of this folder
 * and one row of TRANSPORTS. It runs in the thread of its view.
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
	/* Do the settings ask for it? The first row that says so is taken. NULL: always. */
	bool (*wanted)(const struct settings *s);
	/* settings and signals outlive the transport. NULL: why is set, and nothing is left open. */
	struct transport *(*open)(const struct settings *s, struct signals *signals, struct problem *why);
	/* Takes whole lines, and copies them. 0 or -errno. */
	int (*put)(struct transport *t, const char *text, size_t len);
	/* Hands on what was collected. 0 or -errno. NULL: put() does. */
	int (*flush)(struct transport *t);
	/* Looks whether lines have waited long enough. 0 or -errno. NULL: none wait. */
	int (*look)(struct transport *t, uint64_t now_ns);
	/* When look() is wanted at the latest; UINT64_MAX: no lines wait. NULL: none ever do. */
	uint64_t (*due)(struct transport *t, uint64_t now_ns);
	/* Writes what is left and closes. 0 or -errno. */
	int (*finish)(struct transport *t);
	/* Releases everything, after finish() or without it. */
	void (*free)(struct transport *t);
};

/* First member of each transport's own structure. */
struct transport {
	const struct transport_ops *ops;
	const char *name; /* by which the user knows it, for messages */
	int terminal; /* descriptor of the terminal that shows the lines; -1: they go elsewhere */
};

#define TRANSPORTS(row) \
	row(log)        \
	row(stream)

#define TRANSPORT_DECLARE(name) extern const struct transport_ops transport_##name;
TRANSPORTS(TRANSPORT_DECLARE)

/* The transport that the settings ask for. NULL: why is set. */
struct transport *transport_open(const struct settings *s, struct signals *signals, struct problem *why);

#endif
