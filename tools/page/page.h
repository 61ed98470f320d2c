/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The page of linxcap serve: answers to a browser, from a model and by reading events again. */
#ifndef LINXCAP_PAGE_H
#define LINXCAP_PAGE_H

#include <stdatomic.h>
#include <stdio.h>

#include "page/model.h"
#include "redact/redact.h"

#define PAGE_READINGS_MAX 4u /* most readings of the events at a time */

/*
 * Reads the recorded events again from their beginning, with the options that choose among events applied. Any thread
 * may call it.
 */
struct page_reader;
struct page_reader_ops {
	/* Opens the recording at its first event. NULL: why has the reason. */
	struct page_reader *(*open)(void *data, struct problem *why);
	/*
	 * Returns 1: *ev is the next event, valid until the next call; 0: the end of the recording so far was reached;
	 * -EINTR: many events were read, and none is to be shown: call again, unless nobody waits for the answer any
	 * more; or another -errno.
	 */
	int (*next)(struct page_reader *r, const struct linx_event **ev);
	void (*close)(struct page_reader *r);
};

struct page {
	struct page_model model;
	struct redact *redact; /* NULL: nothing is blanked */
	pthread_mutex_t redact_lock;
	const struct page_reader_ops *reader;
	void *data; /* argument of reader->open() */
	const char *source; /* name of the recording, as the user knows it */
	const char *node, *release, *engine;
	bool live;
	/* live: time, as in the model, before which events may be missing in the list; 0: all events are in it */
	_Atomic uint64_t kept_from;
	atomic_bool stopping; /* readings end early */
	atomic_uint readings; /* number of readings under way */
};

int page_init(struct page *p, struct problem *why);
void page_free(struct page *p);

/* Parameters of a request. */
struct page_query {
	/* Returns a parameter by its name; NULL: it is not given. */
	const char *(*get)(void *data, const char *name);
	/* True if nobody waits for the answer any more. NULL: somebody always waits. */
	bool (*gone)(void *data);
	void *data;
};

/*
 * Writes the answer to a path below /api/ as JSON. Returns a status of HTTP; 0: out of memory. An answer other than 200
 * is an object with the member "error".
 */
unsigned int page_answer(struct page *p, const char *path, const struct page_query *q, FILE *to);
/* Writes the counts that change while events are read, as one line of JSON without a newline. */
void page_put_counts(struct page *p, FILE *to);

/* Files of the page, which the command contains. False: i is too large. */
struct page_file {
	const char *path, *type, *text;
	size_t len;
};
bool page_file(unsigned int i, struct page_file *f);

/*
 * page/save.c: writes the page with its data as one HTML file, of at most PAGE_SAVED_BYTES. *left_out: number of events
 * that are not in it. -1: why has the reason.
 */
#define PAGE_SAVED_EVENTS 100000u
#define PAGE_SAVED_BYTES 50000000u
int page_save(struct page *p, FILE *to, uint64_t *left_out, struct problem *why);

/* ---- for these functions ---- */

/* page/text.c: writes text as a JSON string in quotes, with secrets blanked. False: out of memory. */
bool page_put_text(struct page *p, const char *text, FILE *to);
/* Writes JSON that the library made, with secrets blanked. False: out of memory. */
bool page_put_json(struct page *p, const char *json, size_t len, FILE *to);
/* Writes a text of JSON as the content of one JSON string, with secrets blanked. False: out of memory. */
bool page_put_json_text(struct page *p, const char *json, size_t len, FILE *to);
/*
 * Write text as a JSON string, with secrets blanked. page_put_data() gets escaped data of a program without quotes.
 * page_put_line() gets a line in which strings are in quotes. False: out of memory.
 */
bool page_put_data(struct page *p, const char *data, size_t len, FILE *to);
bool page_put_line(struct page *p, const char *line, size_t len, FILE *to);
/*
 * Returns the number that a parameter of a request has, at most "most". If it is missing or wrong, returns "otherwise".
 */
uint64_t page_number(const struct page_query *q, const char *name, uint64_t otherwise, uint64_t most);
unsigned int page_refuse(FILE *to, unsigned int status, const char *text);

/* page/processes.c */
unsigned int page_answer_processes(struct page *p, const struct page_query *q, FILE *to);

/* page/events.c: answers that read the events again. */
unsigned int page_answer_events(struct page *p, const struct page_query *q, FILE *to);
/* page/stream.c: answers with the data that went through an open file. */
unsigned int page_answer_stream(struct page *p, const struct page_query *q, FILE *to);
/* Writes events without their details: at most PAGE_SAVED_EVENTS, and only until the file has "bytes" bytes. */
bool page_put_events(struct page *p, uint64_t bytes, FILE *to, uint64_t *left_out);
/* Returns NULL for each name. It is the function "get" of a query without parameters. */
const char *page_no_parameter(void *data, const char *name);

#endif
