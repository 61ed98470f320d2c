// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opening and configuring a source: see trace/source.h. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <linux/linx_record.h>
#include <linx/http.h>
#include <sys/syscall.h>

#include "config/config_filter.h"
#include "trace/chosen.h"
#include "trace/source.h"

/* Bytes of a buffer in which most headers of HTTP have room. */
#define HTTP_BYTES LINX_REC_USER_MAX
/* Delay that collects larger batches, since they compress better. */
#define COMPRESS_DELAY_MS 1000

/* EINVAL and E2BIG are the user's mistakes; every other error is a failure on the way. */
static int status_of(int error)
{
	return error == -EINVAL || error == -E2BIG ? STATUS_USAGE : STATUS_FAILURE;
}

int source_say_not_open(int error, const struct linx_error *why)
{
	int status = status_of(error);

	return say_status(status, "%s%s", *why->text ? why->text : strerror(-error),
			  status == STATUS_FAILURE ? " ('linxcap doctor' looks for the cause)" : "");
}

static int failed(const struct linx *l, int error)
{
	const char *text = linx_error_text(l);

	return say_status(status_of(error), "%s", *text ? text : strerror(-error));
}

static int no_such_process(int pid)
{
	return say_status(STATUS_FAILURE,
			  "no such process: -p %d: ps(1) lists those that there are", pid);
}

/* Before the module is asked: the answer does not need it. */
static int check_pids(const struct pid_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (kill(list->pids[i], 0) && errno == ESRCH)
			return no_such_process(list->pids[i]);
	return STATUS_OK;
}

int source_attach(struct linx *l, int pid)
{
	int rc = linx_add_pid(l, pid);

	if (rc == -ESRCH)
		return no_such_process(pid);
	return rc < 0 ? failed(l, rc) : STATUS_OK;
}

int source_let_go(struct linx *l, struct child *c, const char *path, int status)
{
	int rc;

	signals_set_command(c->pid);
	if (child_ready(c)) {
		/* In another pid namespace its first record shows it as it was before exec. */
		linx_skip_until_exec(l, (uint32_t)c->pid);
		rc = linx_add_pid(l, c->pid);
		if (rc < 0 && !child_reap(c))
			return failed(l, rc);
	}
	rc = child_release(c, l);
	if (rc)
		return say_status(status, "cannot execute: %s: %s", path, strerror(rc));
	return STATUS_OK;
}

/* Beside rules FILTER is decided where they are, but for what the kernel can leave out. */
static int select_by_condition(const struct settings *s, struct linx *l)
{
	int rc;

	if (!s->rules.from.n)
		return s->condition && !chosen_decides_filter(s) ? linx_set_condition(l, s->condition) : 0;
	rc = linx_set_rules(l, s->rules.set);
	return rc >= 0 && s->condition ? linx_set_rules_filter(l, s->condition) : rc;
}

static int select_calls(const struct settings *s, struct linx *l)
{
	const struct linx_http_opts http = { .size = sizeof(http), .secrets = s->http_secrets };
	int rc = 0;

	if (s->calls || s->http_alone)
		rc = linx_select(l, s->http_alone ? "none" : s->calls);
	if (rc >= 0 && s->http)
		rc = linx_follow_http(l, &http);
	if (rc >= 0 && s->entries)
		rc = linx_select_entries(l, true);
	if (rc >= 0)
		rc = select_by_condition(s, l);
	return rc < 0 ? failed(l, rc) : STATUS_OK;
}

bool source_ends_with_command(const struct settings *s)
{
	return s->command && !s->count && !s->for_ns && !s->let_go;
}

bool source_stops_tasks(const struct linx *l)
{
	return !strcmp(linx_get_stream_info(l)->engine, "ptrace");
}

bool source_lists(const struct settings *s)
{
	return s->attach.n || s->command;
}

static int set_filter(const struct settings *s, struct linx *l)
{
	const char *comms[CONFIG_ALL_COMMS];
	struct linx_filter_opts opts = {
		.comms = s->who.ncomms ? s->who.comms : comms,
		.ncomms = s->who.ncomms ? s->who.ncomms : config_comms(&s->config, comms),
		.comms_not = !s->who.ncomms,
		.size = sizeof(opts),
		.status = s->status,
		/* drop_mode: nobody has that number, so that the kernel tells of no process either. */
		.by_uid = s->by_uid || s->config.drop_mode,
		.uid = s->config.drop_mode ? UINT32_MAX : s->uid,
		.min_duration_ns = s->min_duration_ns,
		.pids = source_lists(s),
		.follow = s->follow || s->command,
	};
	int rc = linx_filter(l, &opts);

	return rc < 0 ? failed(l, rc) : STATUS_OK;
}

static int set_rate(const struct settings *s, struct linx *l)
{
	int rc = 0;

	for (unsigned int i = 0; rc >= 0 && i < s->nsamples; i++)
		rc = linx_sample(l, s->samples[i].calls, s->samples[i].every);
	if (rc >= 0 && s->budget)
		rc = linx_budget(l, s->budget);
	if (rc >= 0 && s->priority)
		rc = linx_set_priority(l, s->priority);
	return rc < 0 ? failed(l, rc) : STATUS_OK;
}

static int configure(const struct settings *s, struct linx *l)
{
	int status = select_calls(s, l);

	if (status == STATUS_OK)
		status = set_rate(s, l);

	if (status == STATUS_OK)
		status = set_filter(s, l);
	return status;
}

static int attach_all(const struct settings *s, struct linx *l)
{
	int status = STATUS_OK;

	for (size_t i = 0; status == STATUS_OK && i < s->attach.n; i++)
		status = source_attach(l, s->attach.pids[i]);
	return status;
}

/* A mistake in the set of calls is reported before a missing module, since it would be the next error. */
static int check_calls(const struct settings *s)
{
	struct linx_error error = { "" };
	struct linx_table *t;
	int rc;

	if (!s->calls || linx_table_new_builtin(&t))
		return STATUS_OK;
	rc = linx_table_check(t, s->calls, &error);
	linx_table_free(t);
	return rc ? say_status(status_of(rc), "%s", error.text) : STATUS_OK;
}

/* Returns how many bytes to capture, since only captured bytes can be shown. */
static unsigned int captured(const struct settings *s)
{
	if (s->string_limit || !s->config.given)
		return s->string_limit;
	return config_captured(&s->config);
}

/* Headers are captured whole, as long as a limit of strings (-s) does not bound what is captured at all. */
static unsigned int captured_headers(const struct settings *s)
{
	if (!s->http)
		return 0;
	return s->string_limit && s->string_limit < HTTP_BYTES ? s->string_limit : HTTP_BYTES;
}

/* Log lines tell what a process has open, if their template says so. */
static bool wants_files(const struct settings *s)
{
	if (s->files || s->http || s->needs & LINX_NEEDS_FILES)
		return true;
	return s->format == LINX_FORMAT_LINE && !s->summary && (!s->line || strstr(s->line, "linx.fds"));
}

static unsigned int requested_fds(const struct settings *s)
{
	bool paths = s->needs & LINX_NEEDS_FDS || (s->line && strstr(s->line, "linx.fd."));

	return fds_needed(s->fds, &s->selected) | (paths ? LINX_FDS_PATHS : 0) |
	       (s->needs & LINX_NEEDS_FD_DETAILS ? LINX_FDS_DETAILS : 0);
}

/*
 * True if this process may be told to wait for its own reader. A shell with job control
 * gives each pipeline a process group; without job control the group may hold anything,
 * also the traced command.
 */
static bool in_own_pipeline(const struct settings *s)
{
	return !s->command && getpgrp() != getpgid(getppid());
}

/* Operations of io_uring are events of the calls that they resemble; strace has none, and counts none. */
static bool wants_uring(const struct settings *s)
{
	return !s->summary && (settings_format(s).needs & LINX_NEEDS_URING || s->write_path) && !s->config.drop_mode;
}

bool source_has_durations(const struct settings *s)
{
	return s->read_path || s->durations || s->min_duration_ns || s->needs & LINX_NEEDS_ENTRY_TIME;
}

static int open_as(const struct settings *s, const char *engine, struct linx **l, struct linx_error *error)
{
	const struct linx_live_opts live = {
		.size = sizeof(live),
		.mode = s->mode,
		.ring_size = s->ring_size,
		.snap_bytes = captured(s),
		.snap_str = config_captured_strings(captured(s)),
		.include_self = s->include_self,
		.entry_time = source_has_durations(s),
		.cpu_time = s->summary && !source_has_durations(s),
		.envp = s->env || s->verbose || s->needs & LINX_NEEDS_ENV,
		.signals = ~s->hide_signals && (settings_format(s).needs & LINX_NEEDS_SIGNALS || s->write_path),
		.fds = requested_fds(s),
		.files = wants_files(s),
		.no_snapshot = s->config.drop_mode,
		.exempt_group = s->mode == LINX_THROTTLE && in_own_pipeline(s),
		.throttle_cap_ms = s->throttle_cap_ms,
		.nexempt = s->nexempt,
		.exempt = s->exempt,
		.io_uring = wants_uring(s),
		.no_resolved = s->no_resolved,
		.http_bytes = captured_headers(s),
		.delay_ms = s->compress ? COMPRESS_DELAY_MS : 0,
	};
	const struct linx_engine_opts opts = { .size = sizeof(opts), .live = &live };

	return linx_open_engine(engine, &opts, l, error);
}

static const char *engine_of(const struct settings *s)
{
	return s->engine ? s->engine : LINX_ENGINE_AUTO;
}

/* Names of containers stand beside the events, which are told without them all the same. */
static void read_containers(const struct settings *s, struct linx *l)
{
	if (!s->no_containers && linx_read_containers(l, s->host_root) < 0)
		say_at(SAY_WARNING, "%s", linx_error_text(l));
}

static int open_live(const struct settings *s, struct linx **l, struct linx_error *error)
{
	int rc = open_as(s, engine_of(s), l, error);

	if (!rc)
		read_containers(s, *l);
	return rc;
}

static int open_engine(const struct settings *s, struct linx **l)
{
	struct linx_error error = { "" };
	int rc = open_live(s, l, &error), status;

	status = rc < 0 ? check_calls(s) : STATUS_OK;
	if (rc < 0 && status == STATUS_OK)
		status = source_say_not_open(rc, &error);
	return status;
}

bool source_misses_uring(const struct linx *l)
{
	/* No ring has 0 entries: where there are rings the answer is another error. */
	return !linx_get_stream_info(l)->io_uring && (syscall(SYS_io_uring_setup, 0, NULL) >= 0 || errno != ENOSYS);
}

/* Is something chosen that goes by paths, cgroups or containers, or likely to? */
static bool wants_paths(const struct settings *s)
{
	return s->rules.from.n || s->who.ncgroups || s->who.ncontainers;
}

void source_report_missing(const struct settings *s, const struct linx *l)
{
	if (wants_paths(s) && linx_get_stream_info(l)->no_paths)
		say_at(SAY_WARNING, "not known to rules and filters: paths of files, cgroups, containers: engine %s cannot tell them on a "
				    "kernel with PREEMPT_RT; --engine bpf can",
		       linx_get_stream_info(l)->engine);
	if (wants_uring(s) && source_misses_uring(l))
		say_at(SAY_WARNING, "not recorded: operations of io_uring: engine %s cannot on kernel %s",
		       linx_get_stream_info(l)->engine, linx_get_stream_info(l)->release);
	if (linx_get_stream_info(l)->reduced)
		say_at(SAY_WARNING, "not recorded: more than 256 strings, members of structures or names of a path: engine %s cannot on kernel %s",
		       linx_get_stream_info(l)->engine, linx_get_stream_info(l)->release);
}

/* Returns why the best engine was not taken; 0: it was, or the user has chosen. */
static int find_reason(const struct settings *s, const struct linx *l, struct linx_error *why)
{
	struct linx_engine_info best;
	struct linx *other;
	int rc;

	if (strcmp(engine_of(s), LINX_ENGINE_AUTO) || linx_get_engine(0, &best) ||
	    !strcmp(best.name, linx_get_stream_info(l)->engine))
		return 0;
	rc = open_as(s, best.name, &other, why);
	if (rc >= 0)
		linx_close(other);
	return rc < 0 ? rc : 0;
}

/* An engine that stops tasks is for commands and processes alone: who wants the whole machine hears what is with the best one. */
static int check_choice(const struct settings *s, const struct linx *l, bool *told)
{
	struct linx_error why = { "" };
	int rc = find_reason(s, l, &why);

	if (!rc)
		return STATUS_OK;
	if (!source_lists(s) && source_stops_tasks(l))
		return source_say_not_open(rc, &why);
	if (!s->quiet)
		say("engine %s%s: %s", linx_get_stream_info(l)->engine,
		    wants_uring(s) && source_misses_uring(l) ? ", without operations of io_uring" : "",
		    *why.text ? why.text : strerror(-rc));
	*told = true;
	return STATUS_OK;
}

static int give_up(struct linx **l, int status)
{
	linx_close(*l);
	*l = NULL;
	return status;
}

int source_open_live(const struct settings *s, struct linx **l, bool *told)
{
	int status = check_pids(&s->attach);

	*told = false;
	if (status == STATUS_OK)
		status = open_engine(s, l);
	if (status != STATUS_OK)
		return status;
	status = check_choice(s, *l, told);
	if (status == STATUS_OK && s->files && !linx_get_stream_info(*l)->files)
		status = say_status(STATUS_FAILURE, "--fds: engine %s cannot tell what a process opens and closes; -y shows what each call refers to",
				    linx_get_stream_info(*l)->engine);
	if (status == STATUS_OK)
		status = configure(s, *l);
	if (status == STATUS_OK)
		status = attach_all(s, *l);
	return status == STATUS_OK ? status : give_up(l, status);
}

/* Checks that the rings of one session have room for two of half their size. */
int source_check_next(const struct settings *s)
{
	char now[32], half[32];
	struct linx_error error;
	struct linx *l;
	int rc;

	/* Without a wish they get smaller by themselves. */
	if (!s->ring_size)
		return STATUS_OK;
	rc = open_live(s, &l, &error);
	if (rc >= 0)
		linx_close(l);
	if (rc != -ENOMEM)
		return STATUS_OK;
	value_size_text(s->ring_size, now);
	value_size_text(s->ring_size / 2, half);
	return say_status(STATUS_FAILURE,
			  "no memory for two: --buffer %s: the next file has its rings before the one before ends: write --buffer %s",
			  now, half);
}

int source_open_next(const struct settings *s, struct linx **l)
{
	int status = open_engine(s, l);

	if (status == STATUS_OK)
		status = configure(s, *l);
	return status == STATUS_OK || !*l ? status : give_up(l, status);
}

int source_start_next(const struct settings *s, struct linx *l, const struct linx *before)
{
	int rc = linx_start(l);

	if (rc >= 0 && source_lists(s))
		rc = linx_inherit_pids(l, before);
	return rc < 0 ? failed(l, rc) : STATUS_OK;
}

const char *source_name(const struct settings *s)
{
	return strcmp(s->read_path, "-") ? s->read_path : "standard input";
}

int source_open_file(const struct settings *s, int fd, struct linx **l)
{
	struct linx_error error = { "" };
	int rc = linx_open_file(fd, source_name(s), l, &error), status;

	if (rc < 0)
		return say_status(STATUS_FAILURE, "%s", *error.text ? error.text : strerror(-rc));
	status = select_calls(s, *l);
	return status == STATUS_OK ? status : give_up(l, status);
}
