/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Facts that the page of linxcap serve shows: processes, threads with their calls, all views, losses. They are made
 * while events are read, and their memory is bounded. Facts beyond a bound are only counted.
 *
 * The directory page/ has the page: its model, its answers to a browser, its server, and its saved form. It gets events
 * from its caller, and reads them again by means of struct page_reader_ops.
 */
#ifndef LINXCAP_PAGE_MODEL_H
#define LINXCAP_PAGE_MODEL_H

#include <linx/linx.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/message.h"
#include "view/sheet.h"

#define PAGE_PROCESSES_MAX 65536u
#define PAGE_TASKS_MAX 131072u
#define PAGE_SPANS_MAX 4000000u /* most calls in the timeline */
#define PAGE_NAMES_MAX 4096u /* most different names of calls */
#define PAGE_VIEWS_MAX 16u
#define PAGE_NONE UINT32_MAX

/* A call of a thread in the timeline. Times are in ns since the start of the model. */
struct page_span {
	uint64_t end, ns; /* ns is greater than end if the call began before the first event that is shown */
	uint16_t call; /* index of the name */
	bool failed;
};

struct page_task {
	uint32_t tid, process; /* process: index of the process */
	uint32_t next; /* index of another thread of the process; PAGE_NONE: none */
	uint64_t start_time, count, ns;
	char comm[16];
	struct page_span *spans; /* the calls, in the order of their ends */
	uint32_t nspans, room;
};

struct page_process {
	uint32_t pid, parent; /* parent: index of a process; PAGE_NONE: not known */
	uint32_t tasks; /* index of the latest thread; PAGE_NONE: no thread made an event */
	uint32_t version;
	uint64_t start_time, first, last; /* first, last: times of the first and last event of the process */
	uint64_t count, failed, ns;
	char comm[16];
	char *exe, *cmdline, *container; /* NULL: not known, or none */
};

struct page_view {
	struct view_def def;
	struct linx_aggregate *a;
	struct linx_condition *where; /* NULL: none */
};

enum page_phase { PAGE_READING, PAGE_LIVE, PAGE_ENDED };

struct page_model {
	/* lock for all members: the reader of events writes them, threads of the server read them */
	pthread_mutex_t lock;
	enum page_phase phase;
	unsigned int permille; /* part of the file that was read, in thousandths */
	uint64_t start_ns; /* wall clock of the first event; 0: none yet */
	uint64_t end; /* time of the latest event */
	uint64_t events, calls, untimed;
	struct sheet_losses losses;
	struct page_process *processes;
	struct page_task *tasks;
	uint32_t nprocesses, ntasks;
	uint32_t *process_slots, *task_slots; /* hash tables: index + 1; 0: free */
	uint64_t key;
	uint64_t nspans, no_span; /* no_span: calls beyond PAGE_SPANS_MAX */
	uint64_t no_task; /* events of threads and processes beyond their bounds */
	const char **names; /* names of calls */
	uint32_t nnames;
	struct page_view views[PAGE_VIEWS_MAX];
	unsigned int nviews;
};

/* Makes an empty model. -1: why has the reason. The caller calls page_model_free() in any case. */
int page_model_init(struct page_model *m, struct problem *why);
void page_model_free(struct page_model *m);
/* Takes an event, in the order of time. 0 or -ENOMEM. */
int page_model_take(struct page_model *m, const struct linx_event *ev);

#endif
