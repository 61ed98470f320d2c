// SPDX-License-Identifier: LGPL-2.1-or-later
/* Prints messages of the plugin: see plugin/host_log.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linx/linx.h>

#include "plugin/host_log.h"
#include "plugin/names.h"

static void to_host(const struct host_log *h, enum say_level level, const char *text)
{
	static const uint32_t severities[] = {
		[SAY_DEBUG] = FALCO_LOG_DEBUG, [SAY_INFO] = FALCO_LOG_INFO, [SAY_WARNING] = FALCO_LOG_WARNING,
		[SAY_ERROR] = FALCO_LOG_ERROR, [SAY_FATAL] = FALCO_LOG_FATAL,
	};

	if (h->host)
		h->host(h->owner, PLUGIN_NAME, text, severities[level]);
}

/*
 * Writes a message as one line to the log file, with a single write(2). Control characters, as of file names, are
 * escaped. If the write fails, the host gets the message.
 */
static void to_file(const struct host_log *h, enum say_level level, const char *text)
{
	static const char *const names[] = { "DEBUG", "INFO", "WARNING", "ERROR", "FATAL" };
	char line[128 + REPORT_MAX * LINX_ESCAPE_MAX];
	time_t now = time(NULL);
	struct tm tm;
	size_t n = 0;

	if (localtime_r(&now, &tm))
		n = strftime(line, sizeof(line), "%Y-%m-%d %H:%M:%S ", &tm);
	n += (size_t)snprintf(line + n, sizeof(line) - n, "%s %s: ", names[level], PLUGIN_NAME);
	n += linx_escape(line + n, sizeof(line) - n - 1, text);
	line[n++] = '\n';
	if (write(h->fd, line, n) < 0)
		to_host(h, level, text);
}

static void hear(void *data, enum say_level level, const char *text)
{
	const struct host_log *h = data;

	if (level < h->least)
		return;
	if (h->fd >= 0)
		to_file(h, level, text);
	else
		to_host(h, level, text);
}

int host_log_open(struct host_log *h, const struct falco_init_input *in, const char *path, enum say_level least,
		  struct problem *why)
{
	*h = (struct host_log){
		.fd = -1, .least = least, .owner = in->owner, .host = in->log, .listener = { .report = hear, .data = h },
	};
	if (!path)
		return 0;
	h->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
	return h->fd < 0 ? problem_set(why, "cannot write: %s: %s: name another log_file", path, strerror(errno)) : 0;
}

void host_log_close(struct host_log *h)
{
	if (h->fd >= 0)
		close(h->fd);
	h->fd = -1;
}
