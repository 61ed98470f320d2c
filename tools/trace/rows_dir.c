// SPDX-License-Identifier: LGPL-2.1-or-later
/* A folder of Parquet files: see trace/rows_dir.h. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files/fsync_thread.h"
#include "files/write_at.h"
#include "trace/rows_dir.h"

#define SUFFIX ".parquet"
#define DAY "day="
#define NS_PER_S 1000000000u
#define COPY_BYTES (1u << 20)

/* A version of the file: see trace/rows_dir.h. */
struct version {
	int fd; /* -1: there is none */
	char name[NAME_MAX + 1]; /* temporary name */
};

struct rows_dir {
	char *path;
	int dir, day; /* descriptors of the folder and of the folder of the day; -1: not open */
	uint64_t keep;
	char day_name[32];
	char name[NAME_MAX + 1]; /* name of the file when it is published */
	char shown[PATH_MAX]; /* path of the file for messages */
	unsigned int number, versions; /* number of the file; count of its versions so far */
	int published; /* descriptor of the version that has the file's name; -1: none */
	struct version next, syncing; /* next: version that is being written; syncing: version that is being synced */
	uint64_t next_len, published_len;
	struct settle *settle; /* syncs the version syncing; NULL: none does */
	uint64_t done_bytes; /* bytes of the files before this one */
};

/* ---- leftovers ------------------------------------------------------------------------------------- */

static bool is_unfinished(const char *name)
{
	size_t n = strlen(name);

	return name[0] == '.' && n > 4 && !strcmp(name + n - 4, ".new");
}

static bool is_rows(const char *name)
{
	size_t n = strlen(name), suffix = sizeof(SUFFIX) - 1;

	return name[0] != '.' && n > suffix && !strcmp(name + n - suffix, SUFFIX);
}

/* Calls each() for the entries of a directory; dir stays open. */
static void for_entries(int dir, void (*each)(int dir, const char *name, void *data), void *data)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d && fd >= 0)
		close(fd);
	while (d && (e = readdir(d)))
		each(dir, e->d_name, data);
	if (d)
		closedir(d);
}

/* Removes an incomplete version whose writer has died. A living writer holds the lock of its version. */
static void remove_unfinished(int dir, const char *name, void *data)
{
	int fd;

	(void)data;
	if (!is_unfinished(name))
		return;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		unlinkat(dir, name, 0);
	close(fd);
}

static int open_day(int dir, const char *name)
{
	if (strncmp(name, DAY, sizeof(DAY) - 1) != 0)
		return -1;
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void clean_day(int dir, const char *name, void *data)
{
	int day = open_day(dir, name);

	if (day < 0)
		return;
	for_entries(day, remove_unfinished, data);
	close(day);
}

/* ---- the limit of --keep ------------------------------------------------------------------------------ */

/* The oldest file of the folder, by its day and then by the time of its last change, and the bytes of all files. */
struct survey {
	const struct rows_dir *dir;
	const char *day; /* name of the folder of the day whose files are being examined */
	uint64_t bytes;
	bool found;
	char oldest_day[NAME_MAX + 1], oldest[NAME_MAX + 1];
	struct timespec changed;
};

static bool is_before(const struct survey *s, const struct timespec *t)
{
	int order = strcmp(s->day, s->oldest_day);

	if (!s->found || order)
		return !s->found || order < 0;
	return t->tv_sec < s->changed.tv_sec || (t->tv_sec == s->changed.tv_sec && t->tv_nsec < s->changed.tv_nsec);
}

static void survey_file(int day, const char *name, void *data)
{
	struct survey *s = data;
	struct stat st;

	if (!is_rows(name) || fstatat(day, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
		return;
	s->bytes += (uint64_t)st.st_size;
	if (!strcmp(s->day, s->dir->day_name) && !strcmp(name, s->dir->name))
		return; /* the file that is being written stays */
	if (!is_before(s, &st.st_mtim))
		return;
	s->found = true;
	s->changed = st.st_mtim;
	snprintf(s->oldest, sizeof(s->oldest), "%s", name);
	snprintf(s->oldest_day, sizeof(s->oldest_day), "%s", s->day);
}

static void survey_day(int dir, const char *name, void *data)
{
	struct survey *s = data;
	int day = open_day(dir, name);

	if (day < 0)
		return;
	s->day = name;
	for_entries(day, survey_file, s);
	close(day);
}

/* Removes the oldest files until all files together have at most "keep" bytes. The file that is being written stays. */
static void make_room(const struct rows_dir *d)
{
	char path[2 * NAME_MAX + 2];
	struct survey s;

	while (d->keep) {
		s = (struct survey){ .dir = d };
		for_entries(d->dir, survey_day, &s);
		if (s.bytes <= d->keep || !s.found)
			return;
		snprintf(path, sizeof(path), "%s/%s", s.oldest_day, s.oldest);
		if (unlinkat(d->dir, path, 0))
			return;
		unlinkat(d->dir, s.oldest_day, AT_REMOVEDIR); /* the folder of the day is removed only if it is empty */
	}
}

/* ---- open and close ------------------------------------------------------------------------------------- */

static int open_folder(struct rows_dir *d, const char *path, struct problem *why)
{
	if (mkdir(path, 0755) && errno != EEXIST)
		return problem_set(why, "cannot make folder: %s: %s", path, strerror(errno));
	d->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->dir < 0)
		return problem_set(why, "cannot open folder: %s: %s", path, strerror(errno));
	if (faccessat(d->dir, ".", W_OK | X_OK, AT_EACCESS))
		return problem_set(why, "cannot write: %s: %s", path, strerror(errno));
	return 0;
}

struct rows_dir *rows_dir_open(const char *path, uint64_t keep, struct problem *why)
{
	struct rows_dir *d = problem_alloc(sizeof(*d), why);

	if (!d)
		return NULL;
	*d = (struct rows_dir){ .dir = -1, .day = -1, .published = -1, .next.fd = -1, .syncing.fd = -1, .keep = keep };
	d->path = strdup(path);
	if (!d->path)
		problem_set(why, "out of memory");
	else if (!open_folder(d, path, why)) {
		snprintf(d->shown, sizeof(d->shown), "%s", path);
		for_entries(d->dir, clean_day, NULL);
		return d;
	}
	rows_dir_close(d);
	return NULL;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void drop_version(struct rows_dir *d, struct version *v)
{
	if (v->fd >= 0)
		unlinkat(d->day, v->name, 0);
	close_fd(&v->fd);
}

void rows_dir_close(struct rows_dir *d)
{
	if (d->settle)
		fsync_end(d->settle);
	drop_version(d, &d->syncing);
	drop_version(d, &d->next);
	close_fd(&d->published);
	close_fd(&d->day);
	close_fd(&d->dir);
	free(d->path);
	free(d);
}

/* ---- files -------------------------------------------------------------------------------------------------- */

/* Opens the folder of a day. If the folder does not exist, makes it. 0 or -errno. */
static int enter_day(struct rows_dir *d, uint64_t time_ns)
{
	time_t at = (time_t)(time_ns / NS_PER_S);
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(d->day_name, sizeof(d->day_name), DAY "%Y-%m-%d", &tm);
	close_fd(&d->day);
	/* --keep can remove an empty folder between the two calls, so they are tried again */
	for (unsigned int tries = 0; d->day < 0 && tries < 3; tries++) {
		if (mkdirat(d->dir, d->day_name, 0755) && errno != EEXIST)
			return -errno;
		d->day = openat(d->dir, d->day_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	return d->day < 0 ? -errno : 0;
}

/* Copies the machine's name for the name of a file. Characters that host names do not have become '_'. */
static void copy_machine(char to[65], const char *machine)
{
	size_t i;

	for (i = 0; machine[i] && i < 64; i++)
		to[i] = isalnum((unsigned char)machine[i]) || strchr("._-", machine[i]) ? machine[i] : '_';
	if (!i || to[0] == '.')
		to[0] = '_';
	to[i ? i : 1] = '\0';
}

int rows_dir_begin(struct rows_dir *d, const char *machine, uint64_t session, uint64_t time_ns)
{
	char host[65];
	int rc = enter_day(d, time_ns);

	if (rc)
		return rc;
	copy_machine(host, machine);
	d->done_bytes += d->published_len;
	d->published_len = 0;
	close_fd(&d->published);
	snprintf(d->name, sizeof(d->name), "%s-%016llx-%06u" SUFFIX, host, (unsigned long long)session, d->number++);
	snprintf(d->shown, sizeof(d->shown), "%s/%s/%s", d->path, d->day_name, d->name);
	return 0;
}

/* Copies the first len bytes of the published version. 0 or -errno. */
static int copy_begin(const struct rows_dir *d, int to, uint64_t len)
{
	off_t from_at = 0, to_at = 0;
	char *buf = NULL;
	ssize_t n = 0;

	while ((uint64_t)to_at < len) {
		size_t want = len - (uint64_t)to_at < COPY_BYTES ? (size_t)(len - (uint64_t)to_at) : COPY_BYTES;

		n = buf ? -1 : copy_file_range(d->published, &from_at, to, &to_at, want, 0);
		if (n > 0)
			continue;
		/*
		 * a buffer is used, since some file systems lack copy_file_range(2), and some kernels refuse it across
		 * file systems
		 */
		if (!buf)
			buf = malloc(COPY_BYTES);
		n = buf ? pread(d->published, buf, want, to_at) : -1;
		if (n <= 0 || pwrite(to, buf, (size_t)n, to_at) != n)
			break;
		to_at += n;
	}
	free(buf);
	return (uint64_t)to_at < len ? -(errno ? errno : EIO) : 0;
}

/* Makes the version that comes next, with the first len bytes of the published one. 0 or -errno. */
static int make_next(struct rows_dir *d, uint64_t len)
{
	struct version *v = &d->next;
	int rc;

	snprintf(v->name, sizeof(v->name), ".%.200s.%u.new", d->name, d->versions++);
	/* a version of this name may be left if a capture is read again, since the session is then the same */
	unlinkat(d->day, v->name, 0);
	v->fd = openat(d->day, v->name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (v->fd < 0)
		return -errno;
	flock(v->fd, LOCK_EX | LOCK_NB); /* the lock is free, since the file is new */
	errno = 0;
	rc = len ? copy_begin(d, v->fd, len) : 0;
	if (rc)
		drop_version(d, v);
	return rc;
}

/* Waits until the version that is being synced is on the disk, and gives it the file's name. 0 or -errno. */
static int rename_synced(struct rows_dir *d)
{
	int rc = fsync_end(d->settle);

	d->settle = NULL;
	if (!rc && renameat(d->day, d->syncing.name, d->day, d->name))
		rc = -errno;
	if (rc) {
		drop_version(d, &d->syncing);
		return rc;
	}
	close_fd(&d->published);
	d->published = d->syncing.fd;
	d->syncing.fd = -1;
	make_room(d);
	return 0;
}

int rows_dir_write(struct rows_dir *d, uint64_t offset, const void *data, size_t len)
{
	int rc = 0;

	/* the next version begins with the bytes of the published one, which therefore has to be the newest */
	if (d->next.fd < 0 && d->settle)
		rc = rename_synced(d);
	if (!rc && d->next.fd < 0)
		rc = make_next(d, offset);
	d->next_len = offset + len;
	return rc ? rc : write_at(d->next.fd, data, len, offset);
}

bool rows_dir_waits(const struct rows_dir *d)
{
	return d->settle;
}

int rows_dir_settle(struct rows_dir *d)
{
	return d->settle && fsync_done(d->settle) ? rename_synced(d) : 0;
}

/* Begins to sync the version that comes next. 0 or -errno. */
static int sync_next(struct rows_dir *d)
{
	int fd;

	if (ftruncate(d->next.fd, (off_t)d->next_len))
		return -errno;
	fd = fcntl(d->next.fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	d->settle = fsync_begin(fd);
	if (!d->settle) {
		close(fd);
		return -ENOMEM;
	}
	d->syncing = d->next;
	d->next.fd = -1;
	d->published_len = d->next_len;
	return 0;
}

int rows_dir_publish(struct rows_dir *d, bool wait)
{
	int rc = d->settle ? rename_synced(d) : 0;

	if (!rc && d->next.fd >= 0)
		rc = sync_next(d);
	if (!rc && wait && d->settle)
		rc = rename_synced(d);
	return rc;
}

uint64_t rows_dir_bytes(const struct rows_dir *d)
{
	return d->done_bytes + d->published_len;
}

const char *rows_dir_name(const struct rows_dir *d)
{
	return d->shown;
}
