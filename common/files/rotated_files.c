// SPDX-License-Identifier: LGPL-2.1-or-later
/* Makes names of files, and removes old files: see files/rotated_files.h. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <linx/linx.h>

#include "base/array_size.h"
#include "files/rotated_files.h"

#define NAME_MAX_LEN 512

/*
 * strftime(3) conversions with output of fixed length, and its pattern, in which '#' is a digit. An exact pattern
 * matches fewer files that do not belong to the series than '*' does.
 */
static const struct conversion {
	char letter;
	const char *looks;
} conversions[] = {
	{ 'Y', "####" }, { 'm', "##" }, { 'd', "##" }, { 'H', "##" }, { 'M', "##" }, { 'S', "##" },
	{ 'F', "####-##-##" }, { 'T', "##:##:##" }, { 'R', "##:##" }, { 's', "##########" }, { 'j', "###" },
	{ 'y', "##" }, { 'C', "##" }, { 'G', "####" }, { 'g', "##" }, { 'I', "##" }, { 'U', "##" },
	{ 'V', "##" }, { 'W', "##" }, { 'u', "#" }, { 'w', "#" }, { 'z', "*####" }, { '%', "%" },
};

/* strftime(3) conversions whose output is a word, or has no fixed length. */
static const char other_conversions[] = "aAbBchDeklnpPrtxXZ";

static const char *conversion_looks(char letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(conversions); i++)
		if (conversions[i].letter == letter)
			return conversions[i].looks;
	return letter && strchr(other_conversions, letter) ? "*" : NULL;
}

static void put_looks(FILE *glob, const char *looks)
{
	for (; *looks; looks++)
		if (*looks == '#')
			fputs("[0-9]", glob);
		else
			fputc(*looks, glob);
}

/*
 * Writes the pattern of one conversion, which can have flags and a width. Returns the text after it. NULL: why has
 * the reason.
 */
static const char *put_conversion(FILE *glob, const char *at, const char *option, struct problem *why)
{
	size_t flags = 1 + strspn(at + 1, "_-0^#+123456789");
	const char *looks;

	flags += at[flags] == 'E' || at[flags] == 'O';
	looks = conversion_looks(at[flags]);
	if (!looks) {
		problem_set(why, "unknown conversion: %s: %.*s: write one of strftime(3), or %%%% for a percent sign",
			    option, (int)flags + 1, at);
		return NULL;
	}
	put_looks(glob, flags > 1 ? "*" : looks);
	return at + flags + 1;
}

/* Writes an fnmatch(3) pattern for the names of the series. */
static int put_glob(FILE *glob, const struct series *s, struct problem *why)
{
	const char *base = s->base;

	while (base && *base) {
		if (s->timed && *base == '%') {
			base = put_conversion(glob, base, s->option, why);
			continue;
		}
		if (strchr("*?[\\", *base))
			fputc('\\', glob);
		fputc(*base++, glob);
	}
	return base ? 0 : -1;
}

static int make_glob(struct series *s, struct problem *why)
{
	size_t len;
	FILE *glob = open_memstream(&s->glob, &len);
	int rc;

	if (!glob)
		return problem_set(why, "out of memory");
	rc = put_glob(glob, s, why);
	return fclose(glob) ? problem_set(why, "out of memory") : rc;
}

bool rotated_is_timed(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strchr(slash ? slash + 1 : path, '%') != NULL;
}

int rotated_open(struct series *s, const char *path, const char *option, struct problem *why)
{
	const char *slash = strrchr(path, '/');

	*s = (struct series){ .option = option };
	s->dir = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	s->base = strdup(slash ? slash + 1 : path);
	if (!s->dir || !s->base)
		return problem_set(why, "out of memory");
	s->timed = rotated_is_timed(path);
	if (!*s->base)
		return problem_set(why, "a directory: %s %s: write the name of files in it", option, path);
	return make_glob(s, why);
}

void rotated_close(struct series *s)
{
	free(s->dir);
	free(s->base);
	free(s->glob);
	*s = (struct series){ .timed = false };
}

/*
 * True if a file of this name belongs to the series. Its name is that of the series plus a number, or is made from the
 * time. A name made from the time has a number only if the same name without a number existed already.
 */
static bool is_ours(const struct series *s, const char *name)
{
	const char *dot = strrchr(name, '.');
	char head[NAME_MAX_LEN];

	if (s->timed && !fnmatch(s->glob, name, FNM_PERIOD))
		return true;
	if (!dot || !dot[1] || dot[1 + strspn(dot + 1, "0123456789")])
		return false;
	snprintf(head, sizeof(head), "%.*s", (int)(dot - name), name);
	return s->timed ? !fnmatch(s->glob, head, FNM_PERIOD) : !strcmp(head, s->base);
}

/*
 * Returns the number after "first." in a name; a suffix that the command of -z added may follow. 0: the name is
 * "first", perhaps with such a suffix. -1: it is another name.
 */
static int64_t number_behind(const char *first, const char *name)
{
	size_t len = strlen(first);
	char *end;
	unsigned long long n;

	if (strncmp(name, first, len) || (name[len] && name[len] != '.'))
		return -1;
	if (name[len] != '.' || !isdigit((unsigned char)name[len + 1]))
		return 0;
	n = strtoull(name + len + 1, &end, 10);
	return (*end && *end != '.') || n > INT64_MAX / 2 ? 0 : (int64_t)n;
}

/* Returns the highest number of the existing files, at least "used"; -1: there are no files, and "used" is -1. */
static int64_t highest_number(const struct series *s, const char *first, int64_t used)
{
	DIR *dir = opendir(s->dir);
	struct dirent *e;
	int64_t most = used, n;

	while (dir && (e = readdir(dir))) {
		n = number_behind(first, e->d_name);
		most = n > most ? n : most;
	}
	if (dir)
		closedir(dir);
	return most;
}

static char *numbered_name(const struct series *s, int64_t *used)
{
	int64_t n = highest_number(s, s->base, *used);
	char *path;

	*used = n < 0 ? 1 : n + 1;
	return asprintf(&path, "%s/%s.%06lld", s->dir, s->base, (long long)*used) < 0 ? NULL : path;
}

static int time_text(const struct series *s, char *text, size_t size, struct problem *why)
{
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	if (!strftime(text, size, s->base, &tm))
		return problem_set(why, "no name: %s %s: it is too long, or empty", s->option, s->base);
	if (strchr(text, '/'))
		return problem_set(why, "not in one directory: %s %s: it makes %s of the time", s->option, s->base, text);
	return 0;
}

static char *timed_name(const struct series *s, const char *text, int64_t *used)
{
	int64_t n = highest_number(s, text, *used);
	char *path;

	*used = n + 1;
	if (n < 0)
		return asprintf(&path, "%s/%s", s->dir, text) < 0 ? NULL : path;
	return asprintf(&path, "%s/%s.%lld", s->dir, text, (long long)n + 1) < 0 ? NULL : path;
}

int rotated_check(const char *path, struct problem *why)
{
	char text[NAME_MAX_LEN];
	struct series s;
	int rc = rotated_open(&s, path, "-w", why);

	if (!rc && s.timed)
		rc = time_text(&s, text, sizeof(text), why);
	rotated_close(&s);
	return rc;
}

char *rotated_next(const struct series *s, int *fd, struct problem *why)
{
	char text[NAME_MAX_LEN], *path;
	int64_t used = -1;
	int error;

	if (s->timed && time_text(s, text, sizeof(text), why))
		return NULL;
	/*
	 * Repeat if the name exists: another recorder may have created it meanwhile, or the directory cannot be
	 * read, so that existing names were not seen.
	 */
	do {
		path = s->timed ? timed_name(s, text, &used) : numbered_name(s, &used);
		if (!path) {
			problem_set(why, "out of memory");
			return NULL;
		}
		/*
		 * the file is returned open: if it were opened later, its name could mean a file that another process
		 * put there
		 */
		*fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (*fd >= 0)
			return path;
		error = errno;
		if (error != EEXIST)
			problem_set(why, "cannot write: %s: %s", path, strerror(error));
		free(path);
	} while (error == EEXIST);
	return NULL;
}

/* ---- removal of old files */

struct old_file {
	char *name;
	struct timespec time;
	uint64_t bytes; /* bytes that removing the file frees; 0: another link keeps them */
};

/* The captures of the series, without the one that is being written. */
struct listing {
	struct old_file *files;
	size_t n, cap;
	bool failed; /* out of memory: the list may lack the oldest file */
};

static int by_age(const void *a, const void *b)
{
	const struct old_file *x = a, *y = b;

	if (x->time.tv_sec != y->time.tv_sec)
		return x->time.tv_sec < y->time.tv_sec ? -1 : 1;
	if (x->time.tv_nsec != y->time.tv_nsec)
		return x->time.tv_nsec < y->time.tv_nsec ? -1 : 1;
	return strverscmp(x->name, y->name);
}

/*
 * True if the file may be removed: it must be empty, or begin like a capture of any version; the name alone is not
 * enough. Files that may not be removed must not be counted either, since otherwise captures would be removed in
 * their place.
 */
static bool is_capture(int fd, const struct stat *st)
{
	char magic[LINX_CAPTURE_BEGINS];
	ssize_t n;

	if (!S_ISREG(st->st_mode))
		return false;
	if (!st->st_size)
		return true;
	n = pread(fd, magic, sizeof(magic), 0);
	return n > 0 && linx_capture_begins(magic, (size_t)n);
}

static int open_old(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
}

/* False if another recorder is writing the file, or if the file cannot be opened. */
static bool may_go(int dir, const struct old_file *f)
{
	int fd = open_old(dir, f->name);
	bool may;

	if (fd < 0)
		return false;
	may = !flock(fd, LOCK_SH | LOCK_NB) || errno != EWOULDBLOCK;
	close(fd);
	return may;
}

static void list_one(struct listing *l, const char *name, const struct stat *st)
{
	size_t cap = l->n < l->cap ? l->cap : 2 * l->cap + 64;
	struct old_file *files = cap == l->cap ? l->files : reallocarray(l->files, cap, sizeof(*files));

	l->failed = l->failed || !files;
	if (l->failed)
		return;
	l->files = files;
	l->cap = cap;
	files[l->n] = (struct old_file){
		.name = strdup(name),
		.time = st->st_mtim,
		.bytes = st->st_nlink > 1 ? 0 : (uint64_t)st->st_blocks * 512,
	};
	l->failed = !files[l->n].name;
	l->n += !l->failed;
}

/*
 * Adds a file to the list if it is a capture. Only regular files are opened, since opening a device can have
 * effects.
 */
static void look_at(struct listing *l, int dir, const char *name)
{
	struct stat st;
	int fd;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
		return;
	fd = open_old(dir, name);
	if (fd < 0)
		return;
	if (!fstat(fd, &st) && is_capture(fd, &st))
		list_one(l, name, &st);
	close(fd);
}

static void list_files(const struct series *s, DIR *dir, const char *current, struct listing *l)
{
	const char *slash = strrchr(current, '/'), *written = slash ? slash + 1 : current;
	struct dirent *e;

	while ((e = readdir(dir)))
		if (is_ours(s, e->d_name) && strcmp(e->d_name, written) != 0)
			look_at(l, dirfd(dir), e->d_name);
	if (l->n)
		qsort(l->files, l->n, sizeof(*l->files), by_age);
}

static void listing_free(struct listing *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->files[i].name);
	free(l->files);
}

/*
 * True if removing files can free enough bytes. If it cannot, none is removed: otherwise repeated starts on a full
 * disk would remove all captures.
 */
static bool would_do(int dir, const struct listing *l, uint64_t wanted)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < l->n && bytes < wanted; i++)
		bytes += may_go(dir, &l->files[i]) ? l->files[i].bytes : 0;
	return bytes >= wanted;
}

/*
 * Removes the oldest files until "most" files are left, counting the current one, or until "wanted" bytes are
 * freed. Files that cannot be removed are passed over, and count as removed. Returns the number of freed bytes.
 */
static uint64_t remove_listed(int dir, const struct listing *l, uint64_t most, uint64_t wanted)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < l->n && l->n + 1 - i > most && bytes < wanted; i++)
		if (may_go(dir, &l->files[i]) && !unlinkat(dir, l->files[i].name, 0))
			bytes += l->files[i].bytes;
	return bytes;
}

/* Removes the oldest files until "most" are left. If most is 0, removes files only if that can free "wanted" bytes. */
static uint64_t remove_oldest(const struct series *s, const char *current, uint64_t most, uint64_t wanted)
{
	DIR *dir = opendir(s->dir);
	struct listing l = { .n = 0 };
	uint64_t bytes = 0;

	if (!dir)
		return 0;
	list_files(s, dir, current, &l);
	if (!l.failed && (most || would_do(dirfd(dir), &l, wanted)))
		bytes = remove_listed(dirfd(dir), &l, most, wanted);
	listing_free(&l);
	closedir(dir);
	return bytes;
}

uint64_t rotated_make_room(const struct series *s, const char *current, uint64_t wanted)
{
	return remove_oldest(s, current, 0, wanted);
}

void rotated_prune(const struct series *s, uint64_t most, const char *current)
{
	remove_oldest(s, current, most, UINT64_MAX);
}

uint64_t rotated_bytes(const struct series *s, const char *current)
{
	DIR *dir = opendir(s->dir);
	struct listing l = { .n = 0 };
	uint64_t bytes = 0;

	if (!dir)
		return 0;
	list_files(s, dir, current, &l);
	for (size_t i = 0; i < l.n; i++)
		bytes += l.files[i].bytes;
	listing_free(&l);
	closedir(dir);
	return bytes;
}
