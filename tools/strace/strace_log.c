// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes strace's lines to standard error, a file, the standard input of a command, or one file per task. If there are
 * many files, only the most recently used ones stay open.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "strace/strace_cmd.h"

/* Most files that are open at a time. */
#define FILES_OPEN 64

struct strace_log_file {
	uint32_t tid; /* task whose file it is; 0: the entry is free */
	uint64_t used; /* strace_log.clock at the last write; the file with the lowest value is closed first */
	struct strace_colour_line line;
	struct output out;
};

/* Starts the command that reads the lines. -1: why has the reason. */
static int start_reader(struct strace_log *log, const char *command, struct signals *signals, struct problem *why)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return problem_set(why, "cannot make a pipe: %s", strerror(errno));
	log->pipe = fork();
	if (log->pipe < 0) {
		close(ends[0]);
		close(ends[1]);
		return problem_set(why, "cannot start: %s: %s", command, strerror(errno));
	}
	if (!log->pipe) {
		signals_release(signals);
		dup2(ends[0], STDIN_FILENO);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(STATUS_NOT_FOUND);
	}
	close(ends[0]);
	return output_attach(&log->shared, ends[1], command, true, signals, why);
}

static int open_shared(struct strace_log *log, const struct strace_settings *s, struct signals *signals, struct problem *why)
{
	if (!s->out)
		return output_attach(&log->shared, STDERR_FILENO, "standard error", false, signals, why);
	if (*s->out == '|' || *s->out == '!')
		return start_reader(log, s->out + 1, signals, why);
	return output_open_as(&log->shared, s->out, s->append, 0666, signals, why);
}

static int read_redaction(struct strace_log *log, const struct strace_settings *s, struct problem *why)
{
	struct linx_format_info info = { .name = "" };

	linx_get_format(LINX_FORMAT_STRACE, &info);
	if (!redact_knows(info.form))
		return problem_set(why, "cannot blank secrets: --redact: where strings stand in these lines is not known");
	log->form = (enum linx_text_form)info.form;
	log->redact = redact_read(s->redact, why);
	return log->redact ? 0 : -1;
}

int strace_log_open(struct strace_log *log, const struct strace_settings *s, struct signals *signals,
		    struct problem *why)
{
	bool coloured;

	*log = (struct strace_log){ .path = s->out, .append = s->append, .shared.fd = -1, .signals = signals };
	if (s->redact && read_redaction(log, s, why))
		return -1;
	if (s->separate)
		log->files = calloc(FILES_OPEN, sizeof(*log->files));
	else if (open_shared(log, s, signals, why))
		return -1;
	coloured = strace_colours_wanted(s->colour, !s->separate && log->shared.terminal);
	if (coloured)
		log->colours = strace_colours_new();
	if ((s->separate && !log->files) || (coloured && !log->colours))
		return problem_set(why, "out of memory");
	return 0;
}

/*
 * Closes the file of a task. If its last lines cannot be written, log->error gets the error, unless it already has one.
 */
static void close_file(struct strace_log *log, struct strace_log_file *f)
{
	int rc;

	if (!f->tid)
		return;
	output_flush(&f->out);
	rc = output_close(&f->out);
	if (!log->error)
		log->error = rc;
	f->tid = 0;
}

/* Returns an entry for a file: a free one, or the one that was unused for longest, whose file is closed. */
static struct strace_log_file *take_slot(struct strace_log *log)
{
	struct strace_log_file *best = &log->files[0];

	for (unsigned int i = 0; i < FILES_OPEN && best->tid; i++)
		if (!log->files[i].tid || log->files[i].used < best->used)
			best = &log->files[i];
	close_file(log, best);
	return best;
}

static struct strace_log_file *find_file(const struct strace_log *log, uint32_t tid)
{
	for (unsigned int i = 0; i < FILES_OPEN; i++)
		if (log->files[i].tid == tid)
			return &log->files[i];
	return NULL;
}

/*
 * True if the task's file must be appended to, not emptied: the file was opened before, or it is not known whether it
 * was, for lack of memory. Sets the task's bit in log->opened.
 */
static bool was_opened(struct strace_log *log, uint32_t tid)
{
	uint64_t *word, bit = 1ull << tid % 64;

	if (!log->opened)
		log->opened = calloc((1u << 22) / 64, sizeof(*log->opened)); /* PID_MAX_LIMIT bits */
	if (!log->opened || tid >= 1u << 22)
		return true;
	word = &log->opened[tid / 64];
	if (*word & bit)
		return true;
	*word |= bit;
	return false;
}

static int put_to(struct strace_log *log, struct output *out, struct strace_colour_line *line, const char *text, size_t len)
{
	if (log->colours)
		text = strace_colours_apply(log->colours, line, text, &len);
	return text ? output_put(out, text, len) : -ENOMEM;
}

static int put_separate(struct strace_log *log, uint32_t tid, const char *text, size_t len)
{
	struct strace_log_file *f = find_file(log, tid);
	struct problem why;
	bool append;
	char *path;
	int rc;

	if (!f) {
		f = take_slot(log);
		if (log->error)
			return log->error;
		if (asprintf(&path, "%s.%u", log->path, tid) < 0)
			return -ENOMEM;
		append = was_opened(log, tid) || log->append;
		do
			rc = output_open_as(&f->out, path, append, 0666, log->signals, &why);
		while (rc == -EINTR && !signals_giving_up()); /* try again, or the line is lost */
		free(path);
		if (rc)
			return rc;
		f->out.name = log->path;
		f->tid = tid;
		f->line = (struct strace_colour_line){ 0 };
	}
	f->used = ++log->clock;
	return put_to(log, &f->out, &f->line, text, len);
}

int strace_log_put(struct strace_log *log, uint32_t tid, const char *text, size_t len)
{
	if (!len)
		return 0;
	if (log->redact)
		text = redact_apply(log->redact, log->form, text, &len);
	if (!text)
		return -ENOMEM;
	return log->files ? put_separate(log, tid, text, len) : put_to(log, &log->shared, &log->line, text, len);
}

int strace_log_flush(struct strace_log *log)
{
	int rc = log->files ? log->error : output_flush(&log->shared);

	for (unsigned int i = 0; log->files && i < FILES_OPEN && !rc; i++)
		if (log->files[i].tid)
			rc = output_flush(&log->files[i].out);
	return rc;
}

int strace_log_close(struct strace_log *log)
{
	int rc;

	for (unsigned int i = 0; log->files && i < FILES_OPEN; i++)
		close_file(log, &log->files[i]);
	strace_colours_free(log->colours);
	log->colours = NULL;
	free(log->files);
	log->files = NULL;
	free(log->opened);
	log->opened = NULL;
	redact_report(log->redact);
	redact_free(log->redact);
	log->redact = NULL;
	rc = output_close(&log->shared);
	if (log->pipe > 0)
		while (waitpid(log->pipe, NULL, 0) < 0 && errno == EINTR)
			;
	log->pipe = 0;
	return log->error ? log->error : rc;
}
