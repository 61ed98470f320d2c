// SPDX-License-Identifier: LGPL-2.1-or-later
/* Checks and combines strace's options. */
#include <stdlib.h>

#include "strace/strace_cmd.h"

/* ---- options that exclude or need each other -------------------------------------------- */

static int check_twins(const struct strace_settings *s, struct problem *why)
{
	if (s->times && s->times_long)
		return problem_set(why, "not together: -t and --absolute-timestamps: write one of them");
	if (s->hex && s->hex_long)
		return problem_set(why, "not together: -x and --strings-in-hex: write one of them");
	if (s->paths_of_fds && s->fds_long)
		return problem_set(why, "not together: -y and --decode-fds: write one of them");
	if (s->quiets && s->quiet_long)
		return problem_set(why, "not together: -q and --quiet: write one of them");
	return 0;
}

static int check_summary(const struct strace_settings *s, struct problem *why)
{
	if (s->summary && s->separate)
		return problem_set(why, "not together: -c and -ff: counts are of all tasks together");
	if (s->table.wall_clock && !s->summary)
		return problem_set(why, "missing -c: -w: it is for the summary");
	if (s->table.columns && !s->summary)
		return problem_set(why, "missing -c: -U: it is for the summary");
	return 0;
}

static int check_settings(const struct strace_settings *s, struct problem *why)
{
	if (s->redact && (s->show.dump_read || s->show.dump_write))
		return problem_set(why, "not together: --redact and -e %s=: a dump shows bytes as numbers", s->show.dump_read ? "read" : "write");
	if (!s->command && !s->attach.n)
		return problem_set(why, "missing command: write 'linxcap strace CMD', or -p PID");
	if (!s->command && s->daemons)
		return problem_set(why, "missing command: -D: it is for a command that is started");
	if (s->separate && s->out && (*s->out == '|' || *s->out == '!'))
		return problem_set(why, "not together: -ff and -o '%s': write to a file", s->out);
	return check_twins(s, why) ? -1 : check_summary(s, why);
}

/* Applies short options that can be repeated. The effect depends on how often each was given. */
static void expand_counts(struct strace_settings *s)
{
	static const unsigned int quiet[] = { QUIET_ATTACH | QUIET_PERSONALITY,
					      QUIET_ATTACH | QUIET_PERSONALITY | QUIET_EXIT, QUIET_ALL };

	s->follow = s->forks;
	s->separate = s->separate || s->forks > 1;
	if (s->times)
		s->print.time_mode = s->times > 3 ? 3 : s->times;
	if (s->hex)
		s->show.hex = s->hex == 1 ? LINX_STRACE_HEX_STRINGS : LINX_STRACE_HEX_ALL;
	if (s->paths_of_fds)
		s->print.fds = s->paths_of_fds == 1 ? LINX_SHOW_FD_PATH : LINX_SHOW_FD_ALL;
	/* strace prints no attach messages if -o names a file: it leaves the terminal to the command */
	if (s->out && s->command && !s->quiets && !s->quiet_long)
		s->quiets = 1;
	if (s->quiets)
		s->quiet = quiet[s->quiets > 3 ? 2 : s->quiets - 1];
}

/*
 * Decides whether each task has its own file, whether lines have tids, and which lines are hidden. Without -o all tasks
 * share one output.
 */
static void settle_places(struct strace_settings *s)
{
	bool many = (s->follow && !s->separate) || s->attach.n + (s->command != NULL) > 1;

	if (!s->out)
		s->separate = false;
	s->show.separate = s->separate;
	s->show.tasks = (unsigned int)s->attach.n + (s->command != NULL);
	s->print.tids = s->always_pid || (s->out && !s->separate && many);
	s->show.tids = s->out ? LINX_STRACE_TIDS_COLUMN : LINX_STRACE_TIDS_SHARED;
	s->show.hide = (s->quiet & QUIET_EXIT ? LINX_STRACE_EXITED : 0) |
		       (s->quiet & QUIET_THREAD_EXECVE ? LINX_STRACE_SUPERSEDED : 0) |
		       (s->quiet & QUIET_PERSONALITY ? LINX_STRACE_MODES : 0) |
		       (s->summary == SUMMARY_ONLY ? LINX_STRACE_CALLS : 0);
}

int strace_settings_read(struct strace_settings *s, int argc, char **argv, struct problem *why)
{
	struct option_result res;

	*s = (struct strace_settings){ .print.size = sizeof(s->print), .show.size = sizeof(s->show) };
	if (options_parse(&strace_options, argc, argv, s, &res, why))
		return -1;
	if (s->help || s->version)
		return 0;
	s->command = res.next < argc ? argv + res.next : NULL;
	expand_counts(s);
	if (check_settings(s, why))
		return -1;
	settle_places(s);
	return 0;
}

void strace_settings_free(struct strace_settings *s)
{
	free(s->attach.pids);
	free(s->env.words);
	for (size_t i = 0; i < s->lists.n; i++)
		free((char *)s->lists.words[i]);
	free(s->lists.words);
	free(s->paths.words);
	fds_selection_free(&s->selected);
}
