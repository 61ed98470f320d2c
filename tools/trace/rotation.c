// SPDX-License-Identifier: LGPL-2.1-or-later
/* Consecutive capture files, and free space for them: see trace/rotation.h. */
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
 * Longest time after which the space of a removed file is free. Some file systems free it later than the file is
 * removed: btrfs with its next transaction, which can be half a minute later. Until then the bytes of the removed file
 * count as free. Otherwise all older files would be removed to make space for one.
 */
#define SHOWS_NS (35 * SECOND)

bool rotation_wanted(const struct settings *s)
{
	if (s->where.rotate_bytes || s->where.rotate_ns || s->where.keep_files || s->where.keep_free || s->where.after)
		return true;
	return s->where.write_path && rotated_is_timed(s->where.write_path);
}

int rotation_open(struct rotation *k, const struct settings *s, int *fd, struct problem *why)
{
	*k = (struct rotation){ .settings = s, .after.command = s->where.after };
	if (rotated_open(&k->series, s->where.write_path, "-w", why))
		return -1;
	k->path = rotated_next(&k->series, fd, why);
	return k->path ? 0 : -1;
}

void rotation_close(struct rotation *k, struct signals *signals)
{
	post_rotate_close(&k->after, signals);
	rotated_close(&k->series);
	free(k->path);
	k->path = NULL;
}

/*
 * True if at least keep_free bytes are free, or will be when removed files no longer take space. An error of
 * fstatvfs() counts as enough.
 */
static bool is_room(struct rotation *k, const struct sink *sink)
{
	struct statvfs st;
	uint64_t free, shown;

	if (fstatvfs(sink_file(sink), &st))
		return true;
	free = (uint64_t)st.f_bavail * st.f_frsize;
	shown = free > k->free ? free - k->free : 0;
	k->removed -= shown < k->removed ? shown : k->removed;
	k->free = free;
	return free + k->removed >= k->settings->where.keep_free;
}

static bool make_room(struct rotation *k, const struct sink *sink, uint64_t now)
{
	uint64_t bytes;

	if (now >= k->shows_ns)
		k->removed = 0;
	while (!is_room(k, sink)) {
		bytes = rotated_make_room(&k->series, k->path, k->settings->where.keep_free - k->free - k->removed);
		if (!bytes)
			return false;
		k->removed += bytes;
		k->shows_ns = now + SHOWS_NS;
	}
	return true;
}

/*
 * True if the file has reached its size limit and is at least twice as large as it was after its first records. The
 * first records describe all processes, and may alone exceed the limit: by the limit alone, each file would then end at
 * once.
 */
static bool is_full(struct rotation *k, const struct sink *sink)
{
	struct stat st;
	uint64_t size;

	if (!k->settings->where.rotate_bytes || fstat(sink_file(sink), &st))
		return false;
	size = (uint64_t)st.st_size;
	if (!k->empty_size)
		k->empty_size = size;
	if (!k->first_size && size > k->empty_size)
		k->first_size = size;
	return k->first_size && size >= k->settings->where.rotate_bytes && size / 2 >= k->first_size;
}

bool rotation_has_room(struct rotation *k, const struct sink *sink, uint64_t now)
{
	if (!k->settings->where.keep_free || now < k->look_ns)
		return true;
	k->look_ns = now + LOOK_NS;
	if (make_room(k, sink, now))
		return true;
	say("no room: %s: less than --keep-free is free, and would be without all older files, too", k->path);
	return false;
}

enum rotation_word rotation_look(struct rotation *k, const struct sink *sink, uint64_t now)
{
	post_rotate_look(&k->after);
	if (!rotation_has_room(k, sink, now))
		return ROTATION_STOP;
	k->reload = signals_take_reload() || k->reload;
	if (now < k->retry_ns)
		return ROTATION_GO_ON;
	return k->reload || now >= k->rotate_ns || is_full(k, sink) ? ROTATION_STEP : ROTATION_GO_ON;
}

uint64_t rotation_due(const struct rotation *k)
{
	uint64_t due = k->rotate_ns;

	if (k->settings->where.keep_free && k->look_ns < due)
		due = k->look_ns;
	return due > k->retry_ns ? due : k->retry_ns;
}

/*
 * Returns the time at which the next file is due. If opening a file has taken longer than the interval, the interval
 * begins now, so that some time is left between two files.
 */
static uint64_t next_rotation(const struct settings *s, uint64_t now)
{
	uint64_t clock = report_clock_ns();

	if (!s->where.rotate_ns)
		return UINT64_MAX;
	return now + s->where.rotate_ns > clock ? now + s->where.rotate_ns : clock + s->where.rotate_ns;
}

void rotation_turned(struct rotation *k, char *path, uint64_t now)
{
	if (path != k->path)
		free(k->path);
	k->path = path;
	k->rotate_ns = next_rotation(k->settings, now);
	k->empty_size = k->first_size = 0;
	k->retry_ns = 0;
	k->reload = false;
	if (k->settings->where.keep_files)
		rotated_prune(&k->series, k->settings->where.keep_files, path);
}

void rotation_put_off(struct rotation *k, uint64_t now)
{
	k->retry_ns = now + RETRY_NS;
	k->reload = false;
}

static void keep_part(const struct rotation *k)
{
	struct stat st;

	/* the file is empty: not even its beginning could be written */
	if (!lstat(k->path, &st) && S_ISREG(st.st_mode) && !st.st_size)
		unlink(k->path);
	else if (k->after.command)
		say("not complete: %s: kept, and not given to -z %s", k->path, k->after.command);
	else
		say("not complete: %s: kept", k->path);
}

void rotation_finished(struct rotation *k, int fd, bool report)
{
	if (fd >= 0)
		post_rotate_file(&k->after, k->path, fd, report);
	else
		keep_part(k);
}
