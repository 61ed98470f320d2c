/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Destination of events: text output, or a capture file. */
#ifndef LINXCAP_SINK_H
#define LINXCAP_SINK_H

#include "output/maplog.h"
#include "output/redact.h"
#include "output/text_out.h"
#include "trace/missing.h"
#include "trace/settings.h"
#include "output/http_summary.h"
#include "output/summary.h"

/* Somebody who takes events instead of a printer. Both return 0 or -errno of writing. */
struct sink_taker {
	/* *counts: it counts as an event */
	int (*take)(struct sink_taker *t, const struct linx_event *ev, bool *counts);
	/* Nothing more comes for now. */
	int (*quiet)(struct sink_taker *t);
	/* Between two batches, at due_ns at the latest; NULL: there is nothing to look at. */
	void (*look)(struct sink_taker *t, uint64_t now_ns);
	uint64_t due_ns;
	struct flight *flight; /* keeps what came before alerts; NULL: nothing does */
};

struct sink {
	struct linx *l;
	uint64_t bytes; /* bytes of lines; of a capture once it is finished */
	uint64_t events; /* system calls and requests of HTTP so far */
	uint64_t limit; /* -n; 0: none */
	const struct fds_selection *selected;
	uint64_t hide_signals; /* bit n - 1: signal n */
	struct chosen *chosen; /* filters on a file; NULL: none */
	struct missing *missing; /* looks at what is read; NULL: nothing is missed */
	bool drop; /* show the account alone */
	int pending; /* error that came behind events, for the next step */
	bool broken; /* the last error was of writing, not of reading */

	struct sink_taker *taker; /* NULL: printer or writer */
	struct alert_sink *alerts; /* the taker, if events become alerts; NULL */
	struct rule_sink *rules; /* the taker, if rules look at them; NULL */
	struct linx_printer *printer; /* NULL: recording */
	struct strace_summary_table *summary; /* -c: counted instead of printed */
	bool http_alone; /* linxcap http: what is lost and requests, no events of tasks */
	struct http_summary *http; /* linxcap http --summary; NULL: none */
	uint64_t refresh_ns; /* when its table is shown again on a terminal; 0: it has not changed */
	bool tell_table; /* say where the table goes, which may be unexpected */
	uint64_t untimed; /* calls in it of which no time is known */
	bool hide_certificate; /* the certificate stands on standard error, as for people */
	struct output out;
	struct redact *redact; /* blanks secrets in text of this form; NULL: none */
	enum redact_form redact_form;
	struct maplog log; /* path NULL: out takes the lines */
	struct linx_writer *writer; /* NULL: showing */
	bool beside; /* the writer is given what is read, and does not read itself */
};

/* fd: the file of -w, open already, which is taken over; -1: none. -1: why is set; sink_close() in any case. */
int sink_open(struct sink *k, const struct settings *s, int fd, struct linx *l, struct signals *signals,
	      struct problem *why);
/*
 * Moves some of what there is; waits at most timeout_ms for the first. >0:
 * moved; 0: nothing there, or see linx_pending(); -EINTR: a signal came; -ENODATA:
 * the end; -errno.
 */
int sink_step(struct sink *k, int timeout_ms);
bool sink_full(const struct sink *k);
/* Bytes of lines so far, or of the capture if it is a file. */
uint64_t sink_bytes(const struct sink *k);
/* Hands buffered bytes on to the reader. 0 or -errno. */
int sink_flush(struct sink *k);
/* The time at which sink_step() has lines of a log file to move, or files to look at, whether there are events or not; UINT64_MAX: none. */
uint64_t sink_due(struct sink *k, uint64_t now_ns);
/* At the end of the events: closes the file, or hands it over, as *fd. 0 or -errno. */
int sink_finish(struct sink *k, int *fd);
/* Tells why a step failed. */
void sink_explain(const struct sink *k, int error);
void sink_close(struct sink *k);

#endif
