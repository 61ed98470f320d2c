// SPDX-License-Identifier: LGPL-2.1-or-later
/* Files one after the other, and room for them: see trace/rotation.h. */
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "trace/rotation.h"
#include "output/report.h"

#define SECOND 1000000000ull
#define LOOK_NS SECOND
#define RETRY_NS (10 * SECOND)
/*
 * Some file systems free the room of a removed file later: btrfs with its next
 * transaction, up to half a minute after. Until then the removed file still counts as
 * freed room, or all older files would be removed to make room for one.
 */
#define SHOWS_NS (35 * SECOND)

bool keeper_wanted(const struct settings *s)
{
	if (s->turn_bytes || s->turn_ns || s->keep_files || s->keep_free || s->after)
		return true;
	return s->write_path && series_is_timed(s->write_path);
}

int keeper_open(struct keeper *k, const struct settings *s, int *fd, struct problem *why)
{
	*k = (struct keeper){ .settings = s, .after.command = s->after };
	if (series_open(&k->series, s->write_path, why))
		return -1;
	k->path = series_next(&k->series, fd, why);
	return k->path ? 0 : -1;
}

void keeper_close(struct keeper *k, struct signals *signals)
{
	after_close(&k->after, signals);
	series_close(&k->series);
	free(k->path);
	k->path = NULL;
}

/* Without an error: what is not known is enough. */
static bool is_room(struct keeper *k, const struct sink *sink)
{
	struct statvfs st;
	uint64_t free, shown;

	if (fstatvfs(sink->out.fd, &st))
		return true;
	free = (uint64_t)st.f_bavail * st.f_frsize;
	shown = free > k->free ? free - k->free : 0;
	k->removed -= shown < k->removed ? shown : k->removed;
	k->free = free;
	return free + k->removed >= k->settings->keep_free;
}

static bool make_room(struct keeper *k, const struct sink *sink, uint64_t now)
{
	uint64_t bytes;

	if (now >= k->shows_ns)
		k->removed = 0;
	while (!is_room(k, sink)) {
		bytes = series_make_room(&k->series, k->path, k->settings->keep_free - k->free - k->removed);
		if (!bytes)
			return false;
		k->removed += bytes;
		k->shows_ns = now + SHOWS_NS;
	}
	return true;
}

/*
 * A file is full at its size limit, but not before it has doubled: the process list at its
 * start may already exceed the limit, and then one file would follow the other for ever.
 */
static bool is_full(struct keeper *k, const struct sink *sink)
{
	struct stat st;
	uint64_t size;

	if (!k->settings->turn_bytes || fstat(sink->out.fd, &st))
		return false;
	size = (uint64_t)st.st_size;
	if (!k->empty_size)
		k->empty_size = size;
	if (!k->first_size && size > k->empty_size)
		k->first_size = size;
	return k->first_size && size >= k->settings->turn_bytes && size / 2 >= k->first_size;
}

bool keeper_has_room(struct keeper *k, const struct sink *sink, uint64_t now)
{
	if (!k->settings->keep_free || now < k->look_ns)
		return true;
	k->look_ns = now + LOOK_NS;
	if (make_room(k, sink, now))
		return true;
	say("no room: %s: less than --keep-free is free, and would be without all older files, too", k->path);
	return false;
}

enum keeper_word keeper_look(struct keeper *k, const struct sink *sink, uint64_t now)
{
	after_look(&k->after);
	if (!keeper_has_room(k, sink, now))
		return KEEPER_STOP;
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

/* If opening a file takes longer than its interval, some time is still left between two files. */
static uint64_t next_turn(const struct settings *s, uint64_t now)
{
	uint64_t clock = report_clock_ns();

	if (!s->turn_ns)
		return UINT64_MAX;
	return now + s->turn_ns > clock ? now + s->turn_ns : clock + s->turn_ns;
}

void keeper_turned(struct keeper *k, char *path, uint64_t now)
{
	if (path != k->path)
		free(k->path);
	k->path = path;
	k->turn_ns = next_turn(k->settings, now);
	k->empty_size = k->first_size = 0;
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

static void keep_part(const struct keeper *k)
{
	struct stat st;

	/* Not even what it begins with could be written. */
	if (!lstat(k->path, &st) && S_ISREG(st.st_mode) && !st.st_size)
		unlink(k->path);
	else if (k->after.command)
		say("not complete: %s: kept, and not given to -z %s", k->path, k->after.command);
	else
		say("not complete: %s: kept", k->path);
}

void keeper_finished(struct keeper *k, int fd, bool tell)
{
	if (fd >= 0)
		after_file(&k->after, k->path, fd, tell);
	else
		keep_part(k);
}
