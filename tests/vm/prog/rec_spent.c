// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A probe has a bound of work for all sessions together. If it has spent this bound on some sessions, it still records
 * the call's descriptors for the other sessions: with their descriptions, or as numbers that are open. Here each of
 * eight sessions has to record the task's context first, and the task's working directory has a long path. Built for
 * the 64-bit ABI only (native only).
 */
#include <pthread.h>
#include "deep.h"
#include "rec.h"

#define SESSIONS 8
#define LEVELS 2030 /* directories, each of which adds two bytes to the path */

static struct shared {
	/*
	 * 1: the sessions have begun, 2: the task makes no calls now, 3: the task was renamed, 4: the task has opened a
	 * pipe
	 */
	volatile int step;
	int fds[2];
} *sh;

static void wait_for(int step)
{
	while (sh->step != step)
		;
}

/* Runs in a second thread: renames the leader, so that the leader is described again before its next record. */
static void *rename_task(void *fd)
{
	wait_for(2);
	if (write(*(int *)fd, "renamed", 7) != 7)
		_exit(1);
	sh->step = 3;
	for (;;)
		sleep_ms(1000);
	return NULL;
}

static void target(void)
{
	int comm = open("/proc/self/comm", O_WRONLY); /* the file of the leader's name */
	pthread_t thread;

	if (comm < 0 || chdir("/tmp") || !go_down(LEVELS, 1) || pthread_create(&thread, NULL, rename_task, &comm))
		_exit(1);
	while (sh->step < 1)
		syscall(SYS_getppid);
	sh->step = 2;
	wait_for(3);
	if (syscall(SYS_pipe2, sh->fds, 0))
		_exit(1);
	sh->step = 4;
	for (;;)
		sleep_ms(1000);
}

static bool is_open(const struct linx_val *v, int fd)
{
	return v->arg == LINX_FIELD_OPEN && (uint32_t)fd / 8 < v->size && val_bytes(v)[fd / 8] >> fd % 8 & 1;
}

/* Returns whether the descriptor is recorded, by a record of its own or in the set of open ones. */
static bool is_recorded(const struct dev_log *log, int fd)
{
	for (const struct linx_rec *rec = NULL; (rec = rec_of(log, rec, 0, LINX_REC_FILES));) {
		const struct linx_files_change *change = (const struct linx_files_change *)(rec + 1);

		if (change->op == LINX_FILES_TOLD && change->first == (uint32_t)fd && change->last == (uint32_t)fd)
			return true;
		if (change->op == LINX_FILES_OPEN && is_open((const struct linx_val *)(change + 1), fd))
			return true;
	}
	return false;
}

int main(void)
{
	static struct dev devs[SESSIONS];
	struct dev_log log;
	pid_t pid;

	if (dev_lacks_paths()) /* only long paths take enough work to exceed the bound of a probe */
		return 77;
	sh = shared(sizeof(*sh));
	pid = fork();
	if (!pid)
		target();
	for (int i = 0; i < SESSIONS; i++) {
		dev_open(&devs[i]);
		dev_setup(&devs[i], (struct linx_setup){ .ring_size = 8 << 20, .flags = LINX_SETUP_FILES });
		dev_list(&devs[i], pid);
		devs[i].filter.flags = LINX_FILTER_PIDS | LINX_FILTER_FOLLOW;
		dev_want_exit(&devs[i], SYS_getppid);
		/* the return of pipe2, the first call under the new name, is recorded with the task's context */
		dev_want_exit(&devs[i], SYS_pipe2);
		dev_apply(&devs[i]);
		dev_start(&devs[i]);
	}
	sleep_ms(500); /* during this time the contexts of both threads are recorded */
	sh->step = 1;
	for (int i = 0; i < 10000 && sh->step != 4; i++)
		sleep_ms(1);
	is(sh->step, 4, "the task has a pipe");
	for (int i = 0; i < SESSIONS; i++) {
		memset(&log, 0, sizeof(log));
		dev_stop(&devs[i]);
		dev_drain_all(&devs[i], &log);
		for (int k = 0; k < 2; k++)
			ok(is_recorded(&log, sh->fds[k]), "session %d: descriptor %d is recorded", i, sh->fds[k]);
		free(log.bytes);
		dev_close(&devs[i]);
	}
	kill(pid, SIGKILL);
	reap(pid);
	return tap_end();
}
