// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Cost of recording beside plain copying: the records of a capture, laid out in memory as full rings, go to a file
 * through the library's writer, and unchanged through write(2), by turns. Prints
 *     record BYTES SECONDS-OF-THE-WRITER SECONDS-OF-PLAIN-COPYING
 * of processor time, medians.
 * usage: record CAPTURE DIRECTORY ROUNDS
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "libuser/api/source.h"

#define COPY_PIECE (1u << 20)
#define ROUNDS_MAX 99
#define LEVEL 3 /* level of zstd, the same as in packed.c */

/* An engine for the writer whose lanes hold all records of a capture in memory. */
struct image {
	struct linx_engine e;
	struct linx_engine *file; /* the engine that reads the capture, which has the header and the clock */
	unsigned int nlanes;
	struct lane {
		uint8_t *data;
		size_t len, tail;
	} *lanes;
	bool shown;
};

static void die(const char *what)
{
	fprintf(stderr, "record: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void image_close(struct linx_engine *e)
{
	(void)e; /* not freed, because the memory is used again */
}

static const struct linx_header *image_header(struct linx_engine *e)
{
	struct linx_engine *file = ((struct image *)e)->file;

	return file->ops->header(file);
}

static const struct linx_clock *image_clock(struct linx_engine *e)
{
	struct linx_engine *file = ((struct image *)e)->file;

	return file->ops->clock(file);
}

static unsigned int image_nlanes(struct linx_engine *e)
{
	return ((struct image *)e)->nlanes;
}

static int image_peek(struct linx_engine *e, unsigned int lane, struct linx_chunk *c)
{
	struct lane *l = &((struct image *)e)->lanes[lane];

	c->data = l->data + l->tail;
	c->len = l->len - l->tail;
	return 0;
}

static void image_advance(struct linx_engine *e, unsigned int lane, size_t len)
{
	((struct image *)e)->lanes[lane].tail += len;
}

static int image_floor(struct linx_engine *e, uint64_t *floor)
{
	(void)e;
	*floor = UINT64_MAX;
	return 0;
}

static int image_wait(struct linx_engine *e, int timeout_ms)
{
	struct image *im = (struct image *)e;
	bool again = im->shown;

	(void)timeout_ms;
	im->shown = true;
	return again ? -ENODATA : 1;
}

static int image_fd(struct linx_engine *e)
{
	(void)e;
	return -1;
}

static int image_account(struct linx_engine *e, bool all, struct linx_account *a)
{
	(void)e;
	(void)all;
	*a = (struct linx_account){ 0 };
	return 0;
}

static const struct linx_engine_ops image_ops = {
	.close = image_close,
	.header = image_header,
	.clock = image_clock,
	.nlanes = image_nlanes,
	.peek = image_peek,
	.advance = image_advance,
	.floor = image_floor,
	.wait = image_wait,
	.fd = image_fd,
	.account = image_account,
};

static void add(struct lane *l, const struct linx_chunk *c)
{
	uint8_t *data = realloc(l->data, l->len + c->len);

	if (!data)
		die("memory");
	memcpy(data + l->len, c->data, c->len);
	l->data = data;
	l->len += c->len;
}

static size_t fill(struct image *im, const char *path)
{
	struct linx_engine_opts opts;
	struct linx_error err;
	struct linx_chunk c;
	size_t bytes = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(path);
	opts = (struct linx_engine_opts){ .size = sizeof(opts), .fd = fd, .name = path };
	if (linx_engine_type_file.open(&opts, &im->file, &err)) {
		fprintf(stderr, "record: %s\n", err.text);
		exit(1);
	}
	im->e.ops = &image_ops;
	im->nlanes = im->file->ops->nlanes(im->file);
	im->lanes = calloc(im->nlanes, sizeof(*im->lanes));
	if (!im->lanes)
		die("memory");
	while (im->file->ops->wait(im->file, -1) != -ENODATA)
		for (unsigned int i = 0; i < im->nlanes; i++)
			while (!im->file->ops->peek(im->file, i, &c) && c.len) {
				add(&im->lanes[i], &c);
				im->file->ops->advance(im->file, i, c.len);
			}
	for (unsigned int i = 0; i < im->nlanes; i++)
		bytes += im->lanes[i].len;
	return bytes;
}

static double cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int create(const char *path)
{
	int fd;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		die(path);
	return fd;
}

static double by_writer(struct image *im, const char *path, int level)
{
	struct linx_writer_opts opts = { .size = sizeof(opts), .compress = level };
	struct linx_error err = { "" };
	struct linx_writer *w;
	struct linx *l;
	double before;
	int fd = create(path), ret;

	for (unsigned int i = 0; i < im->nlanes; i++)
		im->lanes[i].tail = 0;
	im->shown = false;
	if (linx_source_open(&im->e, &l, &err) || linx_writer_new(l, fd, &opts, &w, &err)) {
		fprintf(stderr, "record: %s\n", err.text);
		exit(1);
	}
	before = cpu_seconds();
	do
		ret = linx_writer_step(w, -1);
	while (ret >= 0);
	before = cpu_seconds() - before;
	if (ret != -ENODATA) {
		fprintf(stderr, "record: %s\n", linx_error_text(l));
		exit(1);
	}
	linx_writer_free(w);
	linx_close(l);
	close(fd);
	return before;
}

static double by_copying(const struct image *im, const char *path)
{
	int fd = create(path);
	double before = cpu_seconds();

	for (unsigned int i = 0; i < im->nlanes; i++)
		for (size_t at = 0, n; at < im->lanes[i].len; at += n) {
			n = im->lanes[i].len - at < COPY_PIECE ? im->lanes[i].len - at : COPY_PIECE;
			if (write(fd, im->lanes[i].data + at, n) != (ssize_t)n)
				die(path);
		}
	before = cpu_seconds() - before;
	close(fd);
	return before;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	double written[ROUNDS_MAX], copied[ROUNDS_MAX], compressed;
	int rounds = argc == 4 ? atoi(argv[3]) : 0;
	struct image im = { 0 };
	char path[4096];
	struct stat st;
	size_t bytes;

	if (rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: record CAPTURE DIRECTORY ROUNDS\n");
		return 2;
	}
	snprintf(path, sizeof(path), "%s/linx-record.%d", argv[2], (int)getpid());
	bytes = fill(&im, argv[1]);
	by_writer(&im, path, 0); /* in the first run the memory is not in the caches, so it does not count */
	for (int i = 0; i < rounds; i++) {
		copied[i] = by_copying(&im, path);
		written[i] = by_writer(&im, path, 0);
	}
	compressed = by_writer(&im, path, LEVEL);
	if (stat(path, &st))
		die(path);
	unlink(path);
	qsort(written, (size_t)rounds, sizeof(*written), by_size);
	qsort(copied, (size_t)rounds, sizeof(*copied), by_size);
	printf("record %zu %.4f %.4f\n", bytes, written[rounds / 2], copied[rounds / 2]);
	printf("compressed %lld %.4f\n", (long long)st.st_size, compressed);
	return 0;
}
