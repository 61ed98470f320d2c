// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes configurations and files of interesting calls: each text is either accepted or refused with an error of one
 * line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/config/config.c"
#include "common/config/config_calls.c"
#include "common/config/config_text.c"
#include "common/base/suggest.c"
#include "common/base/json_pos.c"
#include "common/base/sanitize.c"
#include "common/base/message.c"
#include "common/base/host_abi.c"

static void check_line(const char *text)
{
	if (!*text)
		abort();
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			abort();
}

static void check_warning(void *data, enum say_level level, const char *text)
{
	(void)data;
	if (level != SAY_WARNING)
		abort();
	check_line(text);
}

static const struct listener listener = { .report = check_warning };

/* Writes the data to a file in memory, which each call uses again, and returns its path. */
static const char *put_file(const uint8_t *data, size_t size)
{
	static char path[40];
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("config", MFD_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	return path;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = put_file(data, size);
	struct problem why = { "" };
	struct config c;
	char *calls;

	config_init(&c);
	if (config_read(&c, path, &listener, &why)) {
		check_line(why.text);
		if (c.has_init || c.has_open)
			abort();
	}
	config_free(&c);
	why.text[0] = '\0';
	calls = NULL;
	if (size && data[0] & 1 && config_read_calls(path, &calls, &listener, &why))
		check_line(why.text);
	free(calls);
	return 0;
}
