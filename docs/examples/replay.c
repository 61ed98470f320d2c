/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a capture file: how often each call of a condition was made, how often
 * it failed, and whether the file holds everything.
 *     replay FILE ['linx.comm = sh']
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <linx/linx.h>

#define NUMBERS 512

static struct {
	const char *name; /* of the stream's table, which stays as long as the source does */
	unsigned long calls, failed;
} native[NUMBERS];

/* Of the machine's 64-bit programs, whichever machine that was. */
static bool is_native(unsigned int abi)
{
	return abi == LINX_ABI_X86_64 || abi == LINX_ABI_ARM64;
}

static void count(const struct linx_event *event)
{
	int nr = linx_event_get_nr(event);
	int64_t ret;

	if (linx_event_get_kind(event) != LINX_EVENT_SYSCALL || linx_event_is_entry(event))
		return;
	if (!is_native(linx_event_get_abi(event)) || nr < 0 || nr >= NUMBERS)
		return;
	native[nr].calls++;
	if (linx_event_get_ret(event, &ret) == 0 && ret < 0 && ret >= -4095)
		native[nr].failed++;
}

static void name_them(const struct linx_table *table)
{
	struct linx_call_info call;

	for (unsigned int i = 0; linx_table_get_call(table, i, &call) == 0; i++)
		if (is_native(call.abi) && call.nr >= 0 && call.nr < NUMBERS)
			native[call.nr].name = call.name;
}

static int replay(struct linx *linx)
{
	const struct linx_certificate *certificate;
	const struct linx_event *event;
	int rc;

	/* 0: many records have made no event, as where few meet a condition. */
	while ((rc = linx_next(linx, &event, -1)) >= 0 || rc == -EINTR)
		if (rc == 1)
			count(event);
	if (rc != -ENODATA) {
		fprintf(stderr, "%s\n", linx_error_text(linx));
		return 1;
	}
	name_them(linx_borrow_table(linx));
	for (int i = 0; i < NUMBERS; i++)
		if (native[i].calls)
			printf("%-20s %8lu calls %8lu failed\n", native[i].name ? native[i].name : "?", native[i].calls, native[i].failed);
	if (linx_get_certificate(linx, &certificate))
		return 1;
	puts(certificate->complete ? "complete" : "not complete");
	return 0;
}

int main(int argc, char **argv)
{
	int fd = argc > 1 ? open(argv[1], O_RDONLY | O_CLOEXEC) : STDIN_FILENO, status = 1;
	struct linx_error err;
	struct linx *linx;

	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	if (linx_open_file(fd, argc > 1 ? argv[1] : "standard input", &linx, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	if (argc > 2 && linx_set_condition(linx, argv[2]))
		fprintf(stderr, "%s\n", linx_error_text(linx));
	else
		status = replay(linx);
	linx_close(linx);
	close(fd);
	return status;
}
