// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opens and reads the files of container runtimes. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "metadata/runtime_file.h"

static int open_below(int dir, const char *name, uint64_t flags, uint64_t resolve)
{
	struct open_how how = { .flags = flags | O_CLOEXEC, .resolve = resolve };
	long fd = syscall(SYS_openat2, dir, name, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

int linx_runtime_folder_open(int root, const char *dir)
{
	return open_below(root, dir, O_RDONLY | O_DIRECTORY, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

static int read_all(int fd, size_t max, struct linx_runtime_text *out)
{
	ssize_t n;

	while (out->len <= max) {
		n = read(fd, out->data + out->len, max + 1 - out->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : 0;
		out->len += (size_t)n;
	}
	return -EFBIG; /* the file has grown since its size was read */
}

static int read_regular(int fd, size_t max, struct linx_runtime_text *out)
{
	struct stat st;
	int ret;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EMEDIUMTYPE;
	if (st.st_size < 0 || (uint64_t)st.st_size > max)
		return -EFBIG;
	out->data = malloc((size_t)st.st_size + 2);
	if (!out->data)
		return -ENOMEM;
	ret = read_all(fd, (size_t)st.st_size, out);
	if (ret)
		return ret;
	out->data[out->len] = '\0';
	out->changed_ns = (uint64_t)st.st_mtim.tv_sec * 1000000000u + (uint64_t)st.st_mtim.tv_nsec;
	linx_runtime_blank_env(out->data, out->len);
	return 0;
}

int linx_runtime_file_read(int folder, const char *name, size_t max, struct linx_runtime_text *out)
{
	int fd, ret;

	*out = (struct linx_runtime_text){ 0 };
	/* O_NONBLOCK, because a FIFO without a writer would block the reader of events. */
	fd = open_below(folder, name, O_RDONLY | O_NONBLOCK | O_NOCTTY,
			RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
	if (fd < 0)
		return fd;
	ret = read_regular(fd, max, out);
	close(fd);
	if (ret)
		linx_runtime_text_free(out);
	return ret;
}

void linx_runtime_text_free(struct linx_runtime_text *t)
{
	free(t->data);
	*t = (struct linx_runtime_text){ 0 };
}

/* ---- environments ------------------------------------------------------------------------- */

/* Finds the end of the string that begins with the quote at i: the offset after its closing quote, or len. */
static size_t string_end(const char *s, size_t len, size_t i)
{
	for (i++; i < len && s[i] != '"'; i++)
		i += s[i] == '\\';
	return i < len ? i + 1 : len;
}

static size_t skip_blanks(const char *s, size_t len, size_t i)
{
	while (i < len && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r'))
		i++;
	return i;
}

/* Finds the offset after the bracket that closes the array at i. */
static size_t array_end(const char *s, size_t len, size_t i)
{
	unsigned int depth = 0;

	while (i < len) {
		depth += s[i] == '[';
		depth -= s[i] == ']';
		if (!depth)
			return i + 1;
		i = s[i] == '"' ? string_end(s, len, i) : i + 1;
	}
	return len;
}

void linx_runtime_blank_env(char *json, size_t len)
{
	size_t i = 0, end, at;
	bool env;

	while (i < len) {
		if (json[i] != '"') {
			i++;
			continue;
		}
		end = string_end(json, len, i);
		env = end - i == 5 && !strncasecmp(json + i, "\"env\"", 5);
		i = at = skip_blanks(json, len, end);
		if (!env || at >= len || json[at] != ':')
			continue;
		at = skip_blanks(json, len, at + 1);
		if (at >= len || json[at] != '[')
			continue;
		i = array_end(json, len, at);
		if (i - at > 2)
			memset(json + at + 1, ' ', i - at - 2);
	}
}
