// SPDX-License-Identifier: LGPL-2.1-or-later
/* The table of checks, and access to files below a root directory: see doctor/doctor.h. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/array_size.h"
#include "doctor/doctor.h"
#include "base/sanitize.h"

/* The checks in the order in which they are reported. A check comes after those on whose results its advice depends. */
static const struct doctor_check checks[] = {
	{ "kernel", doctor_kernel, DOCTOR_MACHINE, false },
	{ "module", doctor_module, DOCTOR_KMOD, false },
	{ "headers", doctor_headers, DOCTOR_KMOD, false },
	{ "dkms", doctor_dkms, DOCTOR_KMOD, false },
	{ "next", doctor_next, DOCTOR_KMOD, false },
	{ "signing", doctor_signing, DOCTOR_KMOD, false },
	{ "tracepoints", doctor_tracepoints, DOCTOR_MACHINE, false },
	{ "device", doctor_device, DOCTOR_KMOD, false },
	{ "rights", doctor_rights, DOCTOR_KMOD, false },
	{ "confinement", doctor_confinement, DOCTOR_KMOD, false },
	{ "memory", doctor_memory, DOCTOR_KMOD, false },
	{ "clock", doctor_clock, DOCTOR_MACHINE, false },
	{ "cgroup", doctor_cgroup, DOCTOR_MACHINE, false },
	{ "tracers", doctor_tracers, DOCTOR_MACHINE, false },
	{ "enforce", doctor_enforce, DOCTOR_KMOD, false },
	{ "service", doctor_service, DOCTOR_KMOD, false },
	{ "refusing", doctor_refusing, DOCTOR_KMOD, false },
	{ "trial", doctor_trial, DOCTOR_KMOD, true },
	{ "bpf", doctor_bpf, DOCTOR_BPF, true },
	{ "ptrace", doctor_ptrace, DOCTOR_PTRACE, true },
};

const struct doctor_check *doctor_get_check(unsigned int i)
{
	return i < ARRAY_SIZE(checks) ? &checks[i] : NULL;
}

/* ---- findings */

/*
 * Formats one line of text. Parts of it may come from files below another root directory, so control characters and
 * bytes that are not valid UTF-8 are escaped.
 */
static void put_plain(char *to, size_t size, const char *fmt, va_list args)
{
	char text[320];

	vsnprintf(text, sizeof(text), fmt, args);
	plain_text(to, size, text);
}

void doctor_found(struct finding *f, enum doctor_state state, const char *fmt, ...)
{
	va_list args;

	f->state = state;
	va_start(args, fmt);
	put_plain(f->text, sizeof(f->text), fmt, args);
	va_end(args);
}

void doctor_todo(struct finding *f, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put_plain(f->todo, sizeof(f->todo), fmt, args);
	va_end(args);
}

/* ---- files below the root */

static int open_below(const struct doctor *d, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned int)flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT,
	};
	long fd = syscall(__NR_openat2, d->root, path, &how, sizeof(how));

	/* openat2(2) is missing before Linux 5.6, or a seccomp filter refuses it as an unknown call */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = openat(d->root, path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

bool doctor_exists(const struct doctor *d, const char *fmt, ...)
{
	char path[512];
	va_list args;
	int fd;

	va_start(args, fmt);
	vsnprintf(path, sizeof(path), fmt, args);
	va_end(args);
	fd = open_below(d, path, O_PATH);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

int doctor_stat(const struct doctor *d, const char *path, struct stat *st)
{
	int fd = open_below(d, path, O_PATH), rc;

	if (fd < 0)
		return fd;
	rc = fstat(fd, st) ? -errno : 0;
	close(fd);
	return rc;
}

int doctor_read(const struct doctor *d, const char *path, char *buf, size_t size)
{
	/* O_NONBLOCK: below another root directory the path may name a pipe or a device, whose open could block */
	int fd = open_below(d, path, O_RDONLY | O_NONBLOCK), rc = 0;
	size_t n = 0;
	ssize_t r;

	buf[0] = 0;
	if (fd < 0)
		return fd;
	while (n < size - 1) {
		r = read(fd, buf + n, size - 1 - n);
		if (r < 0)
			rc = -errno;
		if (r <= 0)
			break;
		n += (size_t)r;
	}
	close(fd);
	buf[n] = 0;
	return rc < 0 ? rc : (int)n;
}

bool doctor_read_line(const struct doctor *d, const char *path, char *buf, size_t size)
{
	bool ok = doctor_read(d, path, buf, size) > 0;

	buf[strcspn(buf, "\n")] = 0;
	return ok;
}

/*
 * Finds the first line that begins with key, and copies the rest of that line. Reads line by line, since a file such as
 * the configuration of a kernel can be long.
 */
static bool find_value(FILE *file, const char *key, char *buf, size_t size)
{
	char line[512];

	while (fgets(line, sizeof(line), file)) {
		const char *value = line + strlen(key);

		if (strncmp(line, key, strlen(key)))
			continue;
		line[strcspn(line, "\n")] = 0;
		snprintf(buf, size, "%s", value + strspn(value, " \t"));
		return true;
	}
	return false;
}

FILE *doctor_fopen(const struct doctor *d, const char *path)
{
	int fd = open_below(d, path, O_RDONLY | O_NONBLOCK);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (!file && fd >= 0)
		close(fd);
	return file;
}

bool doctor_read_value(const struct doctor *d, const char *path, const char *key, char *buf, size_t size)
{
	FILE *file = doctor_fopen(d, path);
	bool found;

	if (!file)
		return false;
	found = find_value(file, key, buf, size);
	fclose(file);
	return found;
}

bool doctor_read_word(const struct doctor *d, const char *path, const char *key, char *buf, size_t size)
{
	char value[256], *from = value;

	if (!doctor_read_value(d, path, key, value, sizeof(value)))
		return false;
	from += *from == '"' || *from == '\'';
	from[strcspn(from, "\"'")] = 0;
	snprintf(buf, size, "%s", from);
	return true;
}

bool doctor_read_config(const struct doctor *d, const char *path, const char *name, char *buf, size_t size)
{
	char key[96];

	snprintf(key, sizeof(key), "%s=", name);
	return doctor_read_value(d, path, key, buf, size);
}

bool doctor_read_link(const struct doctor *d, const char *path, char *buf, size_t size)
{
	int fd = open_below(d, path, O_PATH | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return false;
	n = readlinkat(fd, "", buf, size - 1);
	close(fd);
	buf[n > 0 ? n : 0] = 0;
	return n > 0;
}

bool doctor_newest(const struct doctor *d, const char *path, doctor_filter *accepts, char *buf, size_t size)
{
	int fd = open_below(d, path, O_RDONLY | O_DIRECTORY);
	struct dirent *e;
	DIR *dir;

	*buf = 0;
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while ((e = readdir(dir)))
		if (isdigit((unsigned char)e->d_name[0]) && strverscmp(e->d_name, buf) > 0 && (!accepts || accepts(d, e->d_name)))
			snprintf(buf, size, "%s", e->d_name);
	closedir(dir);
	return *buf;
}

/*
 * Sets d->release from /proc below the root. If there is no /proc, the release is that of the running kernel, or, below
 * a root other than "/", that of the newest kernel that has modules there.
 */
static void find_release(struct doctor *d)
{
	struct utsname u;

	if (doctor_read_line(d, "proc/sys/kernel/osrelease", d->release, sizeof(d->release)))
		return;
	if (!d->other && !uname(&u))
		snprintf(d->release, sizeof(d->release), "%s", u.release);
	else if (d->other)
		doctor_newest(d, "lib/modules", NULL, d->release, sizeof(d->release));
}

int doctor_open(struct doctor *d, const char *path)
{
	*d = (struct doctor){ .other = path && strcmp(path, "/") != 0 };
	d->root = open(path ? path : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (d->root < 0)
		return -errno;
	d->loaded = doctor_exists(d, "sys/module/linx");
	find_release(d);
	return 0;
}

void doctor_close(struct doctor *d)
{
	close(d->root);
}
