// SPDX-License-Identifier: LGPL-2.1-or-later
/* Files one after the other, and room for them: see keeper.h. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper.h"
#include "report.h"

#define SECOND 1000000000ull
#define LOOK_NS SECOND
#define RETRY_NS (10 * SECOND)

bool keeper_wanted(const struct settings *s)
{
	return s->turn_bytes || s->turn_ns || s->keep_files || s->keep_free;
}

int keeper_open(struct keeper *k, const struct settings *s, struct problem *why)
{
	*k = (struct keeper){ .settings = s };
	if (series_open(&k->series, s->write_path, why))
		return -1;
	k->path = series_next(&k->series, why);
	return k->path ? 0 : -1;
}

static void reap(struct keeper *k, int options)
{
	while (k->running && waitpid(-1, NULL, options) > 0)
		k->running--;
}

void keeper_close(struct keeper *k)
{
	reap(k, 0);
	series_close(&k->series);
	free(k->path);
	k->path = NULL;
}

/* Without an error: what is not known is enough. */
static bool is_room(const struct keeper *k, const struct sink *sink)
{
	struct statvfs st;

	return fstatvfs(sink->out.fd, &st) || (uint64_t)st.f_bavail * st.f_frsize >= k->settings->keep_free;
}

static bool make_room(struct keeper *k, const struct sink *sink)
{
	while (!is_room(k, sink))
		if (!series_remove_oldest(&k->series, k->path))
			return false;
	return true;
}

static bool is_full(const struct keeper *k, const struct sink *sink)
{
	struct stat st;

	return k->settings->turn_bytes && !fstat(sink->out.fd, &st) && (uint64_t)st.st_size >= k->settings->turn_bytes;
}

enum keeper_word keeper_look(struct keeper *k, const struct sink *sink, uint64_t now)
{
	reap(k, WNOHANG);
	if (k->settings->keep_free && now >= k->look_ns) {
		k->look_ns = now + LOOK_NS;
		if (!make_room(k, sink)) {
			say("no room: %s: less than --keep-free is free, and there is no older file to remove", k->path);
			return KEEPER_STOP;
		}
	}
	k->reload = signals_take_reload() || k->reload;
	if (now < k->retry_ns)
		return KEEPER_GO_ON;
	return k->reload || now >= k->turn_ns || is_full(k, sink) ? KEEPER_TURN : KEEPER_GO_ON;
}

uint64_t keeper_due(const struct keeper *k)
{
	uint64_t due = k->turn_ns;

	if (k->settings->keep_free && k->look_ns < due)
		due = k->look_ns;
	return due > k->retry_ns ? due : k->retry_ns;
}

void keeper_turned(struct keeper *k, char *path, uint64_t now)
{
	if (path != k->path)
		free(k->path);
	k->path = path;
	k->turn_ns = k->settings->turn_ns ? now + k->settings->turn_ns : UINT64_MAX;
	k->retry_ns = 0;
	k->reload = false;
	if (k->settings->keep_files)
		series_prune(&k->series, k->settings->keep_files, path);
}

void keeper_put_off(struct keeper *k, uint64_t now)
{
	k->retry_ns = now + RETRY_NS;
	k->reload = false;
}

void keeper_finished(struct keeper *k, const char *path)
{
	char *argv[] = { (char *)k->settings->after, (char *)path, NULL };
	posix_spawnattr_t attr;
	sigset_t set;
	int rc, ahead = getpriority(PRIO_PROCESS, 0);
	pid_t pid;

	if (!k->settings->after)
		return;
	/* We ignore it; the command should not. */
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &set);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	/* Nor is it to run ahead of others, as we do (--ahead). */
	if (ahead < 0)
		setpriority(PRIO_PROCESS, 0, 0);
	rc = posix_spawnp(&pid, argv[0], NULL, &attr, argv, environ);
	if (ahead < 0)
		setpriority(PRIO_PROCESS, 0, ahead);
	posix_spawnattr_destroy(&attr);
	if (rc)
		say("cannot execute: -z %s: %s", argv[0], strerror(rc));
	else
		k->running++;
}
