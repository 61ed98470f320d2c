// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A thread renames its leader again and again while the leader makes calls. The module learns of this by a tracepoint
 * that the kernel calls before it sets the new name. A context record that was written in between must be followed by
 * another one. Built for the 64-bit ABI only (native only).
 */
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include "rec.h"

#define ROUNDS 10000
#define STACK 65536

static volatile int begun, done;

static void name_of(int round, char *name)
{
	memset(name, 0, 16);
	snprintf(name, 16, "n%d", round);
}

/*
 * Makes the kernel's own tracer take a stack trace at each rename. The tracer's probe runs after the module's, which
 * was registered first. So it lengthens the time between the module's probe and the new name.
 */
static void slow_renames_down(void)
{
	int fd = open("/sys/kernel/tracing/events/task/task_rename/trigger", O_WRONLY | O_APPEND);

	if (fd < 0 || write(fd, "stacktrace", 10) != 10)
		_exit(96);
	close(fd);
}

static int renamer(void *arg)
{
	char path[40], name[16];
	int fd;

	(void)arg;
	snprintf(path, sizeof(path), "/proc/%d/comm", getpid());
	fd = open(path, O_WRONLY);
	for (int i = 1; i <= ROUNDS; i++) {
		while (begun != i)
			sched_yield();
		name_of(i, name);
		if (write(fd, name, strlen(name)) < 0)
			_exit(98);
		done = i;
	}
	syscall(SYS_exit, 0);
	return 0;
}

static void leader(void)
{
	static char stack[STACK];

	slow_renames_down();
	if (clone(renamer, stack + STACK, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, NULL) < 0)
		_exit(97);
	for (int i = 1; i <= ROUNDS; i++) {
		begun = i;
		while (done != i)
			sched_yield();
		syscall(SYS_dup, -i);
	}
	_exit(0x42);
}

int main(void)
{
	const struct linx_rec *rec = NULL;
	char recorded[16] = "", name[16];
	unsigned int marks = 0, old = 0;
	struct traced t;

	on_cpu(0);
	traced_run(&t, (struct linx_setup){ .ring_size = 32 << 20 }, leader);
	is(t.status, 0x42, "the process");
	while ((rec = rec_of(&t.log, rec, t.pid, 0))) {
		if (rec->kind >= LINX_REC_TASK && rec->kind <= LINX_REC_EXEC)
			memcpy(recorded, rec_ctx(rec)->comm, sizeof(recorded));
		if (rec->kind != LINX_REC_EXIT || rec_number(rec) != SYS_dup)
			continue;
		name_of(-(int)rec_args(rec)[0], name);
		marks++;
		old += !!memcmp(recorded, name, sizeof(name));
	}
	is(marks, ROUNDS, "calls after a rename");
	is(old, 0, "calls for which an old name was recorded");
	traced_end(&t);
	return tap_end();
}
