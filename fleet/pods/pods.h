/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Watches the pods of a node. A list of all pods gives the beginning, and a watch each change from then on. When the
 * server no longer knows the version from which a watch would continue, the pods are listed anew. Each change is
 * written to the file within about a second.
 */
#ifndef PODS_PODS_H
#define PODS_PODS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/message.h"
#include "http/http_client.h"
#include "pods/pod_list.h"
#include "pods/pod_table.h"

/* Most bytes of a page of the list, and of a line of the watch. A longer pod is skipped. */
#define PAGE_MAX (4u << 20)
/* A line with so many bytes above the limit has no end. */
#define OVER_MAX (64u << 20)
/* Pods in a page; fewer if a page is too long. */
#define PAGE_PODS 64u

struct pods_settings {
	const char *url; /* server, as https://10.0.0.1:443 */
	const char *node;
	const char *ca; /* file of CA certificates in PEM format; NULL: those of the system */
	const char *token; /* file with the token; it is read for each request, since it is replaced from time to time */
	const char *output;
	uint64_t keep_ns; /* time for which a deleted pod is kept */
	uint64_t watch_ns; /* longest time of a watch */
	uint64_t retry_ns; /* longest pause after a failure */
};

/* How it is with the server; each change is reported. A status of HTTP other than 200 is a state too. */
enum pods_state {
	PODS_NEW = 0, /* nothing is known yet */
	PODS_GOOD = 1,
	PODS_NO_ANSWER,
	PODS_NO_TOKEN,
	PODS_GARBAGE, /* the answer is not that of a Kubernetes API server */
	PODS_SILENT, /* a watch gave nothing, and did not end when it had to */
	PODS_NO_MEMORY,
	PODS_STATUS = 1000, /* and the status is added */
};

/* A text that grows up to PAGE_MAX. */
struct pods_text {
	char *data;
	size_t len, room;
	size_t over; /* bytes above the limit, which were not kept */
};

struct pods {
	const struct pods_settings *settings;
	bool (*stopping)(void);
	struct http_client *http; /* NULL: it is opened for the next request */
	struct pod_table table;
	struct pods_text text; /* page, or present line of the watch */
	struct list_head head; /* version to watch from; head of the last page */
	uint64_t skipped, left_out; /* counts of the list that is being read: see struct pod_table */
	bool listed; /* the pods were listed, and a watch can continue from head.version */
	bool unsure; /* a change could not be taken: the next watch begins with a list */
	unsigned int failures; /* failures one after another: the pause grows with them */
	long retry_s; /* pause for which the server has asked; 0: none */
	int state; /* enum pods_state */
	bool watch_failed; /* the last watch has failed: a list that succeeds does not make it good */
	bool full; /* it was reported that there is no room for all pods, or that pods are too large */
	/* the watch that runs */
	int error; /* why it has to end: enum pods_state; 0: it goes on */
	uint64_t events; /* lines that it gave */
	bool expired; /* the server no longer knows the version */
	/* the file */
	uint64_t good_ns; /* wall clock at which the pods were last known to be right; 0: never */
	uint64_t written_ns; /* monotonic time of the last write; 0: nothing was written */
	uint64_t written_good_ns; /* good_ns in the file */
	bool unwritable; /* it was reported that the file cannot be written */
};

/* Runs until stopping() returns true. 0; -1: why has the reason. */
int pods_run(struct pods *p, struct problem *why);
void pods_end(struct pods *p);

/* Notes a state, and reports it if it is another one than before. */
void pods_note(struct pods *p, int state, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Monotonic time. */
uint64_t pods_now_ns(void);

/*
 * pods_request.c: pods_list() reads all pods, pods_watch() changes until the watch ends. 0: done, or the watch has
 * lived; -1: it has failed, and the reason was noted.
 */
int pods_list(struct pods *p);
int pods_watch(struct pods *p);

/* pods_file.c: writes the file if there is something new and the last write is not too near. at_once: even then. */
void pods_flush(struct pods *p, bool at_once);

#endif
