// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * No record is longer than half its ring. The program opens a path of the greatest length that leads to a file whose
 * own path is as long, in a session with a small ring, by a 64-bit call and by an i386 call, with a filter and without.
 * Built for x86_64 only, for the 64-bit ABI only (native only, x86 only).
 */
#include <limits.h>
#include "deep.h"
#include "raw.h"
#include "rec.h"

#define RING (16U << 10)
#define LEVEL 255 /* bytes in a directory's name */
#define LEVELS 16
#define LAST 240 /* bytes in the name of the last directory */
#define OPEN_32 5
#define ARGS(...) ((uint64_t[6]){ __VA_ARGS__ })

/* shared memory: 1: the recording runs, 2: the context is recorded, 3: the context is read */
static volatile int *step;

static void wait_for(int n)
{
	while (*step != n)
		sleep_ms(1);
}

/* Enters a directory whose path, with a file in it, is almost as long as a path may be. */
static void go_deep(void)
{
	if (!go_down(LEVELS - 1, LEVEL) || !go_down(1, LAST))
		die("the directories");
	if (close(open("f", O_CREAT | O_RDWR, 0600)))
		die("the file");
}

/* Returns the path "././././f" of the greatest possible length, in memory below 4 GiB. */
static char *long_way(void)
{
	char *path = mmap(NULL, PATH_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (path == MAP_FAILED)
		die("mmap");
	for (int i = 0; i < PATH_MAX - 2; i++)
		path[i] = i % 2 ? '/' : '.';
	path[PATH_MAX - 2] = 'f';
	path[PATH_MAX - 1] = 0;
	return path;
}

struct way {
	const char *name;
	unsigned int abi, nr;
	long (*call)(long nr, const uint64_t *args);
};

static long open_by(const struct way *w, const char *path)
{
	long fd = w->call(w->nr, ARGS((uintptr_t)path, O_RDONLY, 0, 0, 0, 0));

	close((int)fd);
	return fd;
}

static void check_record(const struct way *w, const struct dev_log *log, const char *path)
{
	const struct linx_rec *rec = NULL, *found = NULL;

	while ((rec = dev_next(log, rec)))
		if (rec->kind == LINX_REC_EXIT && rec->abi == w->abi && rec->nr == w->nr)
			found = rec;
	if (!ok(found, "%s: recorded", w->name))
		return;
	ok(rec_is_tidy(found), "%s: tidy", w->name);
	ok(LINX_REC_LEN(found) <= RING / 2, "%s: %u bytes of %u", w->name, LINX_REC_LEN(found), RING / 2);
	ok(!strcmp(rec_str(found, 0), path), "%s: its path", w->name);
}

/*
 * Makes a process that first opens a missing file, so that its context is recorded. When the context has been read, the
 * process opens the path. Returns its pid.
 */
static pid_t opens(const struct way *w, const char *path)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	on_cpu(1);
	wait_for(1);
	open_by(w, NULL);
	*step = 2;
	wait_for(3);
	_exit(open_by(w, path) < 0);
}

static void check(const struct way *w, bool filter, const char *path)
{
	struct dev_log log = { 0 };
	struct dev d;
	pid_t pid;

	*step = 0;
	pid = opens(w, path);
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .flags = LINX_SETUP_RESOLVED, .ring_size = RING });
	dev_list(&d, pid);
	d.filter.flags = filter ? LINX_FILTER_PIDS : 0;
	dev_bit(d.select.exit, w->abi, w->nr);
	dev_apply(&d);
	dev_start(&d);
	*step = 1;
	wait_for(2);
	dev_drain(&d, 1, dev_ignore, NULL);
	*step = 3;
	is(reap(pid), 0, "%s%s: opened", w->name, filter ? ", filtered" : "");
	dev_stop(&d);
	dev_drain_all(&d, &log);
	check_record(w, &log, path);
	free(log.bytes);
	dev_close(&d);
}

int main(void)
{
	const struct way ways[] = { { "64 bits", LINX_ABI_X86_64, SYS_open, raw }, { "32 bits", LINX_ABI_I386, OPEN_32, raw_i386 } };
	char *path = long_way();

	step = shared(sizeof(*step));
	on_cpu(0);
	go_deep();
	for (int i = 0; i < 2; i++) {
		check(&ways[i], false, path);
		check(&ways[i], true, path);
	}
	return tap_end();
}
