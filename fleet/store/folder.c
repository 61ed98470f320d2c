// SPDX-License-Identifier: LGPL-2.1-or-later
/* A folder of Parquet files: see store/folder.h. */
#include "store/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files/owned_folder.h"
#include "files/write_at.h"

#define MACHINE "machine="
#define DAY "day="
#define FLOOR ".floor"
#define NEW_NAME ".new"

struct folder {
	int dir; /* descriptor of the folder, which struct aside has opened */
	int day; /* descriptor of the folder in which a file was begun; -1: no file was begun */
	int fd; /* descriptor of the file that was begun; -1: no file was begun */
	uint64_t len; /* length of the file in bytes */
};

/* ---- what the folder has ---------------------------------------------------------------------------------- */

/* Opens the list of names in the folder dir, which stays open. NULL: errno is set. */
static DIR *list(int dir)
{
	int own = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = own < 0 ? NULL : fdopendir(own);

	if (!d && own >= 0)
		close(own);
	return d;
}

/* State while folder_open() reads a folder. */
struct scan {
	struct ledger *ledger;
	const char *machine;
	char name[256]; /* folder or file that could not be read, for a message */
};

/* Returns the next name that begins with prefix. NULL: the end, or the folder cannot be read; *rc is 0 or -errno. */
static const char *next_name(DIR *d, const char *prefix, int *rc)
{
	struct dirent *e;

	do {
		errno = 0;
		e = readdir(d);
	} while (e && strncmp(e->d_name, prefix, strlen(prefix)) != 0);
	if (!e)
		*rc = -errno;
	return e ? e->d_name : NULL;
}

/*
 * Calls each() for the folders in dir whose names begin with prefix, with the rest of the name, until a call fails. 0
 * or -errno. A folder that cannot be read is an error, since the blocks in its files would be stored a second time.
 */
static int for_folders(int dir, const char *prefix, int (*each)(int dir, const char *name, struct scan *s), struct scan *s)
{
	DIR *d = list(dir);
	const char *name;
	int fd, rc = 0;

	if (!d)
		return -errno;
	while (!rc && (name = next_name(d, prefix, &rc))) {
		fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		rc = fd < 0 ? -errno : each(fd, name + strlen(prefix), s);
		if (rc && !s->name[0])
			snprintf(s->name, sizeof(s->name), "%s", name);
		if (fd >= 0)
			close(fd);
	}
	closedir(d);
	return rc;
}

static int note_file(const struct scan *s, const char *name)
{
	uint64_t spool, from, to;
	struct source *source;
	int end = 0;

	if (sscanf(name, "%16" SCNx64 "-%20" SCNu64 "-%20" SCNu64 ".parquet%n", &spool, &from, &to, &end) != 3 || !end || name[end] || !from ||
	    to < from)
		return 0;
	source = ledger_get(s->ledger, s->machine, spool);
	return source && source_add(source, from, to) ? 0 : -ENOMEM;
}

static int scan_day(int dir, const char *day, struct scan *s)
{
	DIR *d = list(dir);
	const char *name;
	int rc = 0;

	(void)day;
	if (!d)
		return -errno;
	unlinkat(dir, NEW_NAME, 0); /* a process that was killed can have left this file */
	while (!rc && (name = next_name(d, "", &rc)))
		rc = note_file(s, name);
	closedir(d);
	return rc;
}

/* Adds the floor in a file to the ledger, if the name is that of a file with a floor. */
static int read_floor(int dir, const struct scan *s, const char *name)
{
	struct source *source;
	uint64_t spool, floor;
	char text[32] = "";
	int end = 0, fd;
	ssize_t n;

	if (sscanf(name, "%16" SCNx64 FLOOR "%n", &spool, &end) != 1 || !end || name[end])
		return 0;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	if (n < 0 || sscanf(text, "%20" SCNu64, &floor) != 1 || floor < 2)
		return n < 0 ? -errno : -EBADMSG;
	source = ledger_get(s->ledger, s->machine, spool);
	if (!source || !source_add(source, 1, floor - 1))
		return -ENOMEM;
	source->noted = floor;
	return 0;
}

static int scan_machine(int dir, const char *machine, struct scan *s)
{
	DIR *d = spool_machine_is_good(machine) ? list(dir) : NULL;
	const char *name;
	int rc = 0;

	s->machine = machine;
	if (!d)
		return spool_machine_is_good(machine) ? -errno : 0;
	while (!rc && (name = next_name(d, "", &rc))) {
		rc = read_floor(dir, s, name);
		if (rc)
			snprintf(s->name, sizeof(s->name), "%s", name);
	}
	closedir(d);
	return rc ? rc : for_folders(dir, DAY, scan_day, s);
}

struct folder *folder_open(const struct aside *aside, struct ledger *ledger, struct problem *why)
{
	struct folder *f = problem_alloc(sizeof(*f), why);
	struct scan s = { .ledger = ledger };
	int rc;

	if (!f)
		return NULL;
	*f = (struct folder){ .dir = aside->dir, .day = -1, .fd = -1 };
	rc = for_folders(f->dir, MACHINE, scan_machine, &s);
	/* files of a killed process may not be on the disk yet, but they count as stored from now on */
	if (!rc && syncfs(f->dir))
		rc = -errno;
	if (!rc)
		return f;
	problem_set(why, "cannot read: %s/%s: %s", aside->path, s.name, strerror(-rc));
	folder_close(f);
	return NULL;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void folder_close(struct folder *f)
{
	folder_drop(f);
	free(f);
}

/* ---- files -------------------------------------------------------------------------------------------------- */

static int enter_machine(struct folder *f, const char *machine)
{
	char name[sizeof(MACHINE) + SPOOL_MACHINE_MAX];

	snprintf(name, sizeof(name), MACHINE "%s", machine);
	return aside_enter(f->dir, name);
}

int folder_note_floor(struct folder *f, const char *machine, uint64_t spool, uint64_t floor)
{
	char name[32], text[32];
	int dir = enter_machine(f, machine), rc, n;

	if (dir < 0)
		return dir;
	snprintf(name, sizeof(name), "%016" PRIx64 FLOOR, spool);
	n = snprintf(text, sizeof(text), "%" PRIu64 "\n", floor);
	rc = owned_folder_replace(dir, NEW_NAME, name, OWNED_FILE_MODE, text, (size_t)n);
	close(dir);
	return rc;
}

int folder_begin(struct folder *f, const char *machine, uint64_t time_ns)
{
	time_t at = (time_t)(time_ns / 1000000000);
	char day[32];
	struct tm tm;
	int fd;

	gmtime_r(&at, &tm);
	strftime(day, sizeof(day), DAY "%Y-%m-%d", &tm);
	fd = enter_machine(f, machine);
	if (fd < 0)
		return fd;
	f->day = aside_enter(fd, day);
	close(fd);
	if (f->day < 0)
		return f->day;
	f->fd = openat(f->day, NEW_NAME, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0640);
	f->len = 0;
	if (f->fd >= 0)
		return 0;
	fd = -errno;
	close_fd(&f->day);
	return fd;
}

int folder_write(struct folder *f, const struct linx_rowset_end *end)
{
	int rc = write_at(f->fd, end->data, end->len, end->offset);

	if (!rc)
		f->len = end->offset + end->len;
	return rc;
}

int folder_end(struct folder *f, uint64_t spool, uint64_t from, uint64_t to)
{
	char name[96];
	int rc = 0;

	snprintf(name, sizeof(name), "%016" PRIx64 "-%010" PRIu64 "-%010" PRIu64 ".parquet", spool, from, to);
	if (ftruncate(f->fd, (off_t)f->len) || fsync(f->fd) || renameat(f->day, NEW_NAME, f->day, name)) {
		rc = -errno;
		folder_drop(f);
		return rc;
	}
	if (fsync(f->day))
		rc = -EIO; /* the file has its name, and a power cut can take it away: only the next start knows */
	close_fd(&f->fd);
	close_fd(&f->day);
	return rc;
}

void folder_drop(struct folder *f)
{
	if (f->day >= 0)
		unlinkat(f->day, NEW_NAME, 0);
	close_fd(&f->fd);
	close_fd(&f->day);
}
