// SPDX-License-Identifier: LGPL-2.1-or-later
/* Syncs completed files to disk: see files/fsync_thread.h. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "files/fsync_thread.h"
#include "base/signals.h"

struct settle {
	pthread_t thread;
	bool alone; /* a thread of its own syncs the file; false: fsync_begin() itself has synced it */
	int fd, error;
	_Atomic bool done; /* the file is synced, and error is valid */
};

/* True if the error means that this kind of file cannot be synced, which does not count as a failure. */
static bool cannot(int error)
{
	return error == EINVAL || error == EROFS || error == ENOTSUP;
}

int fsync_now(int fd)
{
	int rc;

	do
		rc = fsync(fd) && !cannot(errno) ? -errno : 0;
	while (rc == -EINTR);
	/* EINTR of close(2) is not an error: the descriptor is closed */
	if (close(fd) && !rc && errno != EINTR)
		rc = -errno;
	return rc;
}

static void *run(void *arg)
{
	struct settle *s = arg;

	s->error = fsync_now(s->fd);
	atomic_store_explicit(&s->done, true, memory_order_release);
	signals_wake();
	return NULL;
}

struct settle *fsync_begin(int fd)
{
	struct settle *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->fd = fd;
	s->alone = !signals_start_thread(&s->thread, run, s);
	if (!s->alone)
		run(s);
	return s;
}

bool fsync_done(struct settle *s)
{
	return atomic_load_explicit(&s->done, memory_order_acquire);
}

int fsync_end(struct settle *s)
{
	int error;

	if (s->alone)
		pthread_join(s->thread, NULL);
	error = s->error;
	free(s);
	return error;
}

void fsync_leave(struct settle *s)
{
	/* the thread still uses the structure, so the structure is never freed */
	if (s->alone)
		pthread_detach(s->thread);
	else
		free(s);
}
