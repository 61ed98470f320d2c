// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads /proc: see hung/tasks.h. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "hung/tasks.h"

static int by_tid(const void *a, const void *b)
{
	uint32_t x = ((const struct task_call *)a)->tid, y = ((const struct task_call *)b)->tid;

	return (x > y) - (x < y);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Returns an array with room for one more element. NULL: no memory; then the old array is unchanged. */
static void *grow(void *at, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 64;
	void *bigger;

	if (n < *room)
		return at;
	bigger = reallocarray(at, more, size);
	*room = bigger ? more : *room;
	return bigger;
}

static int add_running(struct task_calls *t, uint32_t tid)
{
	uint32_t *running = grow(t->running, t->nrunning, &t->running_room, sizeof(*running));

	if (!running)
		return -ENOMEM;
	t->running = running;
	running[t->nrunning++] = tid;
	return 0;
}

static int add_call(struct task_calls *t, const struct task_call *c)
{
	struct task_call *at = grow(t->at, t->n, &t->room, sizeof(*at));

	if (!at)
		return -ENOMEM;
	t->at = at;
	at[t->n++] = *c;
	return 0;
}

/* Reads a small file of /proc as a string. Returns its length, or -errno. */
static int read_text(const char *path, char *text, size_t size)
{
	FILE *f = fopen(path, "re");
	size_t n;
	int error;

	if (!f)
		return -errno;
	errno = 0;
	n = fread(text, 1, size - 1, f);
	error = ferror(f) ? errno : 0;
	text[n] = '\0';
	fclose(f);
	return error ? -error : (int)n;
}

/*
 * Reads a line of /proc/PID/syscall: "NUMBER 0xARG ... 0xSP 0xPC". False: the line is "running", or "-1 0xSP 0xPC" of a
 * task that sleeps outside of calls, or that of a kernel thread, whose PC is 0.
 */
static bool parse_call(const char *text, struct task_call *c)
{
	return sscanf(text, "%ld %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64,
		      &c->nr, &c->args[0], &c->args[1], &c->args[2], &c->args[3], &c->args[4], &c->args[5], &c->sp, &c->pc) == 9 &&
	       c->nr >= 0 && c->pc;
}

static int add_task(struct task_calls *t, uint32_t pid, uint32_t tid)
{
	struct task_call c = { .pid = pid, .tid = tid };
	char path[64], text[256];
	int n;

	snprintf(path, sizeof(path), "/proc/%u/task/%u/syscall", pid, tid);
	n = read_text(path, text, sizeof(text));
	if (n == -EPERM || n == -EACCES) {
		t->refused++;
		return 0;
	}
	if (n <= 0) /* the task has ended */
		return 0;
	return parse_call(text, &c) ? add_call(t, &c) : add_running(t, tid);
}

/*
 * Calls add() for each directory in path whose name is a number. Returns 0, also if path does not exist; -errno, or the
 * error that add() returned.
 */
static int for_each_number(const char *path, int (*add)(void *data, uint32_t number), void *data)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	int rc = 0;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while (!rc && (e = readdir(dir)))
		if (isdigit((unsigned char)e->d_name[0]))
			rc = add(data, (uint32_t)strtoul(e->d_name, NULL, 10));
	closedir(dir);
	return rc;
}

struct reading {
	struct task_calls *t;
	uint32_t pid;
};

static int add_thread(void *data, uint32_t tid)
{
	const struct reading *r = data;

	return add_task(r->t, r->pid, tid);
}

static int add_process(void *data, uint32_t pid)
{
	struct reading r = { .t = data, .pid = pid };
	char path[64];

	if (pid == (uint32_t)getpid())
		return 0;
	snprintf(path, sizeof(path), "/proc/%u/task", pid);
	return for_each_number(path, add_thread, &r);
}

int tasks_read(const struct pid_list *only, struct task_calls *t)
{
	int rc = 0;

	*t = (struct task_calls){ .n = 0 };
	for (size_t i = 0; !rc && i < only->n; i++)
		rc = add_process(t, (uint32_t)only->pids[i]);
	if (!only->n)
		rc = for_each_number("/proc", add_process, t);
	if (t->n)
		qsort(t->at, t->n, sizeof(*t->at), by_tid);
	if (t->nrunning)
		qsort(t->running, t->nrunning, sizeof(*t->running), by_number);
	return rc;
}

void tasks_free(struct task_calls *t)
{
	free(t->at);
	free(t->running);
	*t = (struct task_calls){ .n = 0 };
}

const struct task_call *tasks_find(const struct task_calls *t, uint32_t tid)
{
	const struct task_call key = { .tid = tid };

	return t->n ? bsearch(&key, t->at, t->n, sizeof(*t->at), by_tid) : NULL;
}

bool tasks_is_running(const struct task_calls *t, uint32_t tid)
{
	return t->nrunning && bsearch(&tid, t->running, t->nrunning, sizeof(tid), by_number);
}

bool tasks_same_registers(const struct task_call *a, const struct task_call *b)
{
	return a->pid == b->pid && a->sp == b->sp && a->pc == b->pc && !memcmp(a->args, b->args, sizeof(a->args));
}

void tasks_read_comm(uint32_t tid, char comm[16])
{
	char path[64], text[64];

	snprintf(path, sizeof(path), "/proc/%u/comm", tid);
	if (read_text(path, text, sizeof(text)) < 0)
		text[0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	snprintf(comm, 16, "%.15s", text);
}

bool tasks_read_memory(uint32_t tid, uint64_t address, void *to, size_t len)
{
	const struct iovec here = { to, len }, there = { (void *)(uintptr_t)address, len };

	return process_vm_readv((pid_t)tid, &here, 1, &there, 1, 0) == (ssize_t)len;
}

bool tasks_is_32_bit(uint32_t tid)
{
	char path[64], head[6];

	snprintf(path, sizeof(path), "/proc/%u/exe", tid);
	return read_text(path, head, sizeof(head)) == 5 && head[4] == 1;
}
