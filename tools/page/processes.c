// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The processes of the page, with their threads. The thread that takes events waits for the model's lock. Therefore the
 * lock is held only while some processes are copied, and not while their texts are escaped and blanked.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "page/page.h"

#define COPIED 256u /* processes that are copied at a time */

enum { EXE, CMDLINE, CONTAINER, TEXTS };

/* Facts that the page shows of a thread. */
struct thread {
	uint32_t id, tid;
	uint64_t count, ns;
	char comm[16];
};

struct copy {
	struct page_process of; /* the process; the model owns the pointers in it */
	char *texts[TEXTS]; /* copies; NULL: not known, or none */
	struct thread *threads;
	uint32_t nthreads;
};

static void free_copies(struct copy *list, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		for (size_t k = 0; k < TEXTS; k++)
			free(list[i].texts[k]);
		free(list[i].threads);
	}
}

static bool copy_texts(struct copy *to, const char *const from[TEXTS])
{
	for (size_t k = 0; k < TEXTS; k++) {
		to->texts[k] = from[k] ? strdup(from[k]) : NULL;
		if (from[k] && !to->texts[k])
			return false;
	}
	return true;
}

static bool copy_threads(const struct page_model *m, struct copy *to)
{
	uint32_t n = 0;

	for (uint32_t i = to->of.tasks; i != PAGE_NONE; i = m->tasks[i].next)
		n++;
	to->threads = calloc(n + 1, sizeof(*to->threads));
	if (!to->threads)
		return false;
	for (uint32_t i = to->of.tasks; i != PAGE_NONE; i = m->tasks[i].next) {
		const struct page_task *t = &m->tasks[i];
		struct thread *thread = &to->threads[to->nthreads++];

		*thread = (struct thread){ .id = i, .tid = t->tid, .count = t->count, .ns = t->ns };
		memcpy(thread->comm, t->comm, sizeof(thread->comm));
	}
	return true;
}

/*
 * Copies at most COPIED processes, from index "first" on, with the lock held. Returns how many copies must be freed.
 * *ok: all copies are complete.
 */
static uint32_t copy_some(const struct page_model *m, uint32_t first, struct copy list[COPIED], bool *ok)
{
	uint32_t n = 0;

	while (*ok && n < COPIED && first + n < m->nprocesses) {
		struct copy *to = &list[n];

		*to = (struct copy){ .of = m->processes[first + n] };
		*ok = copy_texts(to, (const char *const[TEXTS]){ to->of.exe, to->of.cmdline, to->of.container }) && copy_threads(m, to);
		n++;
	}
	return n;
}

static bool put_threads(struct page *p, const struct copy *c, FILE *to)
{
	bool ok = true;

	fputs("\"threads\":[", to);
	for (uint32_t i = 0; ok && i < c->nthreads; i++) {
		const struct thread *t = &c->threads[i];

		fprintf(to, "%s{\"id\":%u,\"tid\":%u,\"count\":%" PRIu64 ",\"ns\":%" PRIu64 ",\"name\":", i ? "," : "", t->id, t->tid, t->count, t->ns);
		ok = page_put_text(p, t->comm, to);
		fputc('}', to);
	}
	fputc(']', to);
	return ok;
}

static bool put_process(struct page *p, uint32_t id, const struct copy *c, FILE *to)
{
	const struct page_process *x = &c->of;
	const struct {
		const char *name, *text;
	} texts[] = { { "name", x->comm }, { "exe", c->texts[EXE] }, { "cmdline", c->texts[CMDLINE] }, { "container", c->texts[CONTAINER] } };
	bool ok = true;

	fprintf(to, "%s{\"id\":%u,\"pid\":%u,\"parent\":%" PRId64 ",\"first\":%" PRIu64 ",\"last\":%" PRIu64 ",\"count\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"ns\":%" PRIu64 ",",
		id ? "," : "", id, x->pid, x->parent == PAGE_NONE ? -1 : (int64_t)x->parent, x->first == UINT64_MAX ? 0 : x->first, x->last, x->count, x->failed, x->ns);
	for (size_t k = 0; ok && k < ARRAY_SIZE(texts); k++) {
		fprintf(to, "\"%s\":", texts[k].name);
		ok = page_put_text(p, texts[k].text ? texts[k].text : "", to);
		fputc(',', to);
	}
	ok = ok && put_threads(p, c, to);
	fputc('}', to);
	return ok;
}

unsigned int page_answer_processes(struct page *p, const struct page_query *q, FILE *to)
{
	struct copy *list = calloc(COPIED, sizeof(*list));
	bool ok = list;
	uint32_t n = 0;

	(void)q;
	fputs("{\"processes\":[", to);
	for (uint32_t first = 0; ok; first += n) {
		pthread_mutex_lock(&p->model.lock);
		n = copy_some(&p->model, first, list, &ok);
		pthread_mutex_unlock(&p->model.lock);
		for (uint32_t i = 0; ok && i < n; i++)
			ok = put_process(p, first + i, &list[i], to);
		free_copies(list, n);
		if (!n)
			break;
	}
	pthread_mutex_lock(&p->model.lock);
	fprintf(to, "],\"no_task\":%" PRIu64 "}", p->model.no_task);
	pthread_mutex_unlock(&p->model.lock);
	free(list);
	return ok ? 200 : 0;
}
