// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opens and configures a source: see trace/source.h. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/linx_record.h>
#include <linx/http.h>
#include <linx/probe.h>

#include "config/config_filter.h"
#include "trace/chosen.h"
#include "trace/policy.h"
#include "trace/source.h"

/* Where linx-pods keeps the pods of this node. */
#define PODS_FILE "/run/linx/pods.json"
/* Bytes of each buffer to record, so that most HTTP headers are complete. */
#define HTTP_BYTES LINX_REC_USER_MAX
/* Delay after which the reader is woken when a capture is compressed: larger blocks compress better. */
#define COMPRESS_DELAY_MS 1000

/* Returns the exit status for an error: EINVAL and E2BIG mean wrong options, all others a failure of the run. */
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

/* Checks that the processes of -p exist. This is done before an engine is opened, since it needs no engine. */
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
		/*
		 * linx_skip_until_exec() fails outside of the initial pid namespace. The command's first record then
		 * describes the process as it was before its execve.
		 */
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

/*
 * Passes FILTER to the source. If there are rules, the code that applies them evaluates FILTER, too. The source then
 * only gets the part of FILTER that the kernel can decide.
 */
static int select_by_condition(const struct settings *s, struct linx *l)
{
	int rc;

	if (!s->where.rules.from.n)
		return s->what.condition && !chosen_decides_filter(s) ? linx_set_condition(l, s->what.condition) : 0;
	rc = linx_set_rules(l, s->where.rules.set);
	return rc >= 0 && s->what.condition ? linx_set_rules_filter(l, s->what.condition) : rc;
}

static int select_calls(const struct settings *s, struct linx *l)
{
	const struct linx_http_opts http = { .size = sizeof(http), .secrets = s->look.http_secrets };
	int rc = 0;

	if (s->what.calls || s->look.http_alone)
		rc = linx_select(l, s->look.http_alone ? "none" : s->what.calls);
	if (rc >= 0 && s->what.http)
		rc = linx_follow_http(l, &http);
	if (rc >= 0 && s->what.entries)
		rc = linx_select_entries(l, true);
	return rc >= 0 ? select_by_condition(s, l) : rc;
}

bool source_ends_with_command(const struct settings *s)
{
	return s->what.command && !s->how.count && !s->how.for_ns && !s->what.to.kind && !s->how.let_go;
}

#define STOPS_TASKS "ptrace"

bool source_stops_tasks(const struct linx *l)
{
	return !strcmp(linx_get_stream_info(l)->engine, STOPS_TASKS);
}

bool source_lists(const struct settings *s)
{
	return s->what.attach.n || s->what.command;
}

static int set_filter(const struct settings *s, struct linx *l)
{
	const char *comms[CONFIG_ALL_COMMS];
	struct linx_filter_opts opts = {
		.comms = s->what.who.ncomms ? s->what.who.comms : comms,
		.ncomms = s->what.who.ncomms ? s->what.who.ncomms : config_comms(&s->config, comms),
		.comms_not = !s->what.who.ncomms,
		.size = sizeof(opts),
		.status = s->what.status,
		/* drop_mode: the uid UINT32_MAX, which no process has, makes the kernel record nothing */
		.by_uid = s->what.by_uid || s->config.drop_mode,
		.uid = s->config.drop_mode ? UINT32_MAX : s->what.uid,
		.min_duration_ns = s->what.min_duration_ns,
		.pids = source_lists(s),
		.follow = s->what.follow || s->what.command,
	};

	return linx_filter(l, &opts);
}

static int set_rate(const struct settings *s, struct linx *l)
{
	int rc = 0;

	for (unsigned int i = 0; rc >= 0 && i < s->how.nsamples; i++)
		rc = linx_sample(l, s->how.samples[i].calls, s->how.samples[i].every);
	if (rc >= 0 && s->how.budget)
		rc = linx_budget(l, s->how.budget);
	if (rc >= 0 && s->how.priority)
		rc = linx_set_priority(l, s->how.priority);
	return rc;
}

/*
 * Adds the probes of --probe, of --config and of rules. If a capture is read, nothing is added, since the capture has
 * its own probes.
 */
static int add_probes(const struct settings *s, struct linx *l)
{
	const struct config_words *more = &s->config.probes;
	const char *spec;
	int rc = 0;

	if (s->where.read_path)
		return 0;
	for (size_t i = 0; rc >= 0 && i < s->what.nprobes; i++)
		rc = linx_add_probe(l, s->what.probes[i], NULL);
	for (unsigned int i = 0; rc >= 0 && i < more->n; i++)
		rc = linx_add_probe(l, more->items[i], NULL);
	for (unsigned int i = 0; rc >= 0 && s->where.rules.set && (spec = linx_rules_get_probe(s->where.rules.set, i)); i++)
		rc = linx_add_probe(l, spec, NULL);
	return rc;
}

/*
 * Applies the settings to the source. 0, or -errno if the source does not support one of them: linx_error_text() has
 * the reason.
 */
static int apply(const struct settings *s, struct linx *l)
{
	int rc = select_calls(s, l);

	if (rc >= 0)
		rc = set_rate(s, l);
	if (rc >= 0)
		rc = add_probes(s, l);
	return rc >= 0 ? set_filter(s, l) : rc;
}

static int configure(const struct settings *s, struct linx *l)
{
	int rc = apply(s, l);

	return rc < 0 ? failed(l, rc) : STATUS_OK;
}

static int attach_all(const struct settings *s, struct linx *l)
{
	int status = STATUS_OK;

	for (size_t i = 0; status == STATUS_OK && i < s->what.attach.n; i++)
		status = source_attach(l, s->what.attach.pids[i]);
	return status;
}

/*
 * Returns how many bytes of a buffer or string to record: as many as -s or the configuration wants to show; 0: the
 * default.
 */
static unsigned int captured(const struct settings *s)
{
	if (s->look.string_limit || !s->config.given)
		return s->look.string_limit;
	return config_captured(&s->config);
}

/*
 * Returns how many bytes to record of buffers that may hold HTTP headers: HTTP_BYTES, or less if -s is smaller. 0: HTTP
 * is not followed.
 */
static unsigned int captured_headers(const struct settings *s)
{
	if (!s->what.http)
		return 0;
	return s->look.string_limit && s->look.string_limit < HTTP_BYTES ? s->look.string_limit : HTTP_BYTES;
}

/* True if events need the list of open files of their process, for instance because log lines show this list. */
static bool wants_files(const struct settings *s)
{
	if (s->what.files || s->what.http || s->what.needs & LINX_NEEDS_FILES)
		return true;
	return s->look.format == LINX_FORMAT_LINE && !s->look.table.def && (!s->look.line || strstr(s->look.line, "linx.fds"));
}

static unsigned int requested_fds(const struct settings *s)
{
	bool paths = s->what.needs & LINX_NEEDS_FDS || (s->look.line && strstr(s->look.line, "linx.fd."));

	return fds_needed(s->look.fds, &s->what.selected) | (paths ? LINX_FDS_PATHS : 0) |
	       (s->what.needs & LINX_NEEDS_FD_DETAILS ? LINX_FDS_DETAILS : 0);
}

/*
 * True if the process group of this process may be exempt from waiting in throttle mode. Otherwise a program that reads
 * the output of this process would wait for this process, too. A shell with job control gives each pipeline its own
 * process group. Without job control the result is false, since the group may contain anything, even the traced
 * command.
 */
static bool in_own_pipeline(const struct settings *s)
{
	return !s->what.command && getpgrp() != getpgid(getppid());
}

bool source_wants_uring(const struct settings *s)
{
	if (s->look.table.def)
		return s->look.table.def->events == VIEW_OPERATIONS;
	return (settings_format(s).needs & LINX_NEEDS_URING || s->where.write_path) && !s->config.drop_mode;
}

bool source_has_durations(const struct settings *s)
{
	return s->where.read_path || s->look.durations || s->what.min_duration_ns || s->what.needs & LINX_NEEDS_ENTRY_TIME;
}

/*
 * True if the kernel can choose the calls alone, without a record of each: no condition, shortest duration, path,
 * descriptor number, part of a recording or setting of --config limits them.
 */
static bool filters_in_kernel(const struct settings *s)
{
	const struct settings_what *w = &s->what;

	return !w->condition && !w->min_duration_ns && !w->selected.npaths && !w->selected.nfds && !w->from.kind && !w->last_ns && !s->config.given;
}

/*
 * True if the kernel is to count calls: the table needs no event, and no other option needs one. If the engine cannot
 * count calls, it delivers events.
 */
static bool counts_alone(const struct settings *s)
{
	const struct table_settings *t = &s->look.table;
	const struct settings_how *h = &s->how;

	if (!t->alone || t->every_ns || !t->def || !view_def_counts_names(t->def))
		return false;
	return filters_in_kernel(s) && h->mode == LINX_DISCARD && !h->nsamples && !h->budget && !h->count && !s->what.entries && !s->where.numbers;
}

static int open_as(const struct settings *s, const char *engine, struct linx **l, struct linx_error *error)
{
	const struct linx_live_opts live = {
		.size = sizeof(live),
		.mode = s->how.mode,
		.ring_size = s->how.ring_size,
		.snap_bytes = captured(s),
		.snap_str = config_captured_strings(captured(s)),
		.include_self = s->what.include_self,
		.entry_time = source_has_durations(s),
		.cpu_time = s->what.needs & LINX_NEEDS_CPU_TIME && !source_has_durations(s),
		.envp = s->what.env || s->look.verbose || s->what.needs & LINX_NEEDS_ENV,
		.signals = ~s->what.hide_signals && (settings_format(s).needs & LINX_NEEDS_SIGNALS || s->where.write_path),
		.fds = requested_fds(s),
		.files = wants_files(s),
		.no_snapshot = s->config.drop_mode,
		.exempt_group = s->how.mode == LINX_THROTTLE && in_own_pipeline(s),
		.throttle_cap_ms = s->how.throttle_cap_ms,
		.nexempt = s->how.nexempt,
		.exempt = s->how.exempt,
		.io_uring = source_wants_uring(s),
		.no_resolved = s->what.no_resolved,
		.http_bytes = captured_headers(s),
		.delay_ms = s->where.compress ? COMPRESS_DELAY_MS : 0,
		.canary = !s->how.no_canary && !source_lists(s),
		.count = counts_alone(s),
		.machine = s->what.machine,
	};
	const struct linx_engine_opts opts = { .size = sizeof(opts), .live = &live };

	return linx_open_engine(engine, &opts, l, error);
}

/* ---- choice of the engine ----------------------------------------------------------------- */

#define ENGINES_MAX 8

/* Engines that could not be opened, in the order in which they were tried. */
struct choice {
	struct refusal {
		const char *engine;
		int rc;
		struct linx_error why;
	} refused[ENGINES_MAX];
	unsigned int n;
	bool configured; /* the settings are already applied to the opened engine */
};

static int try_engine(const struct settings *s, const char *engine, struct linx **l, struct choice *c)
{
	struct refusal *r = &c->refused[c->n < ENGINES_MAX ? c->n : ENGINES_MAX - 1];

	*r = (struct refusal){ .engine = engine };
	r->rc = open_as(s, engine, l, &r->why);
	if (r->rc >= 0)
		return 0;
	if (c->n < ENGINES_MAX - 1)
		c->n++;
	return r->rc;
}

static bool refuses_options(int rc)
{
	return rc == -EINVAL || rc == -E2BIG;
}

/*
 * True if an engine that stops tasks would accept the settings, but record less than they ask for: such an engine
 * captures no long HTTP headers, and has no flight recorder.
 */
static bool records_otherwise(const struct settings *s)
{
	return s->what.http || s->where.alerts.before.path;
}

static bool has_descriptors(const struct settings *s, const struct linx *l)
{
	return !s->what.files || linx_get_stream_info(l)->files;
}

/*
 * Opens the engine ptrace for a command, if it supports everything that the settings ask for, which is found out by
 * opening and configuring it. It is preferred to eBPF, whose programs take longer to verify and attach than most
 * commands run.
 */
static bool open_for_command(const struct settings *s, struct linx **l, struct choice *c)
{
	if (!s->what.command || s->what.attach.n || records_otherwise(s) || open_as(s, STOPS_TASKS, l, NULL) < 0)
		return false;
	c->configured = has_descriptors(s, *l) && apply(s, *l) >= 0;
	if (!c->configured)
		linx_close(*l);
	return c->configured;
}

/*
 * Opens the first engine of the library's list that works; the best comes first. Engines that stop tasks are tried
 * only if listed processes are recorded (-p or a command). The returned error is that of the best engine.
 */
static int open_auto(const struct settings *s, struct linx **l, struct choice *c)
{
	struct linx_engine_info info;
	int first = -EOPNOTSUPP;

	for (unsigned int i = 0; !linx_get_engine(i, &info); i++) {
		int rc;

		if (!info.live || (!strcmp(info.name, STOPS_TASKS) && !source_lists(s)))
			continue;
		rc = try_engine(s, info.name, l, c);
		if (rc >= 0)
			return 0;
		first = i ? first : rc;
		if (refuses_options(first))
			return first;
		if (!i && open_for_command(s, l, c))
			return 0;
	}
	return first;
}

/* Reads names and properties of containers, which events then have. If that fails, a warning is printed. */
static void read_containers(const struct settings *s, struct linx *l)
{
	if (!s->what.no_containers && linx_read_containers(l, s->what.host_root) < 0)
		say_at(SAY_WARNING, "%s", linx_error_text(l));
}

/*
 * Reads the pods of this node. Without --pods a file that is not there is no failure, as on a machine without Kubernetes.
 * A file that cannot be read is tried again, so a warning is printed.
 */
static void read_pods(const struct settings *s, struct linx *l)
{
	int rc = linx_read_pods(l, s->what.pods ? s->what.pods : PODS_FILE, s->what.has_pods_user ? s->what.pods_user : UINT32_MAX);

	if (rc < 0 && (s->what.pods || rc != -ENOENT))
		say_at(SAY_WARNING, "%s", linx_error_text(l));
}

/* Opens an engine. engine NULL: the one that the settings choose. */
static int open_engine(const struct settings *s, const char *engine, struct linx **l, struct choice *c)
{
	const char *name = engine ? engine : s->how.engine;
	int rc;

	*c = (struct choice){ .n = 0 };
	rc = name && strcmp(name, LINX_ENGINE_AUTO) != 0 ? try_engine(s, name, l, c) : open_auto(s, l, c);
	if (rc < 0)
		return source_say_not_open(rc, &c->refused[0].why);
	read_containers(s, *l);
	if (!s->what.no_containers)
		read_pods(s, *l);
	return STATUS_OK;
}

static const char *spoken(const char *engine)
{
	static const struct {
		const char *engine, *spoken;
	} names[] = { { "kmod", "the module" }, { "bpf", "eBPF" }, { "ptrace", "ptrace" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i].engine, engine))
			return names[i].spoken;
	return engine;
}

static const char *reason(const struct refusal *r)
{
	if (!strcmp(r->engine, "kmod") && r->rc == -ENOENT)
		return "the module is not loaded (modprobe linx)";
	return *r->why.text ? r->why.text : strerror(-r->rc);
}

/*
 * Prints in one line which engine is used, and why better engines are not used. Prints nothing if the best one is used.
 */
static void say_choice(const struct settings *s, const struct linx *l, const struct choice *c)
{
	char text[2 * sizeof(struct linx_error)] = "";
	size_t n = 0;

	for (unsigned int i = 0; i < c->n && n < sizeof(text); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "; %s", reason(&c->refused[i]));
	if (c->n && !s->where.quiet)
		say_at(SAY_INFO, "recording by %s%s", spoken(linx_get_stream_info(l)->engine), text);
}

static int give_up(struct linx **l, int status)
{
	linx_close(*l);
	*l = NULL;
	return status;
}

int source_open_live(const struct settings *s, struct linx **l)
{
	int status = check_pids(&s->what.attach);
	struct choice c;

	if (status == STATUS_OK)
		status = open_engine(s, NULL, l, &c);
	if (status != STATUS_OK)
		return status;
	if (!has_descriptors(s, *l))
		status = say_status(STATUS_FAILURE, "--fds: engine %s cannot record what a process opens and closes; -y shows what each call refers to",
				    linx_get_stream_info(*l)->engine);
	if (status == STATUS_OK && s->what.needs & LINX_NEEDS_FILES && !linx_get_stream_info(*l)->files)
		say_at(SAY_WARNING, "engine %s does not record what a process has open: linx.fds, proc.stdin.type, fd.types and their like are not known",
		       linx_get_stream_info(*l)->engine);
	if (status == STATUS_OK && !c.configured)
		status = configure(s, *l);
	if (status == STATUS_OK)
		status = attach_all(s, *l);
	if (status != STATUS_OK)
		return give_up(l, status);
	say_choice(s, *l, &c);
	return STATUS_OK;
}

/*
 * Checks that there is memory for the rings of two sessions, which a change of files needs. If there is not enough
 * memory, prints which --buffer would fit. Rings of the default size need no check.
 */
int source_check_next(const struct settings *s, const char *engine)
{
	char now[32], half[32];
	struct linx *l;
	int rc;

	/* rings of the default size are made smaller if memory is short */
	if (!s->how.ring_size)
		return STATUS_OK;
	rc = open_as(s, engine, &l, NULL);
	if (rc >= 0)
		linx_close(l);
	if (rc != -ENOMEM)
		return STATUS_OK;
	value_size_text(s->how.ring_size, now);
	value_size_text(s->how.ring_size / 2, half);
	return say_status(STATUS_FAILURE,
			  "no memory for two: --buffer %s: the next file has its rings before the one before ends: write --buffer %s",
			  now, half);
}

int source_open_next(const struct settings *s, const char *engine, struct linx **l)
{
	struct choice c;
	int status = open_engine(s, engine, l, &c);

	if (status != STATUS_OK)
		return status;
	status = configure(s, *l);
	return status == STATUS_OK ? status : give_up(l, status);
}

int source_start(const struct settings *s, struct linx *l)
{
	int rc = linx_start(l);

	return rc >= 0 ? policy_start_next(s, l) : rc;
}

int source_start_next(const struct settings *s, struct linx *l, const struct linx *before)
{
	int rc = source_start(s, l);

	if (rc >= 0 && source_lists(s))
		rc = linx_inherit_pids(l, before);
	return rc < 0 ? failed(l, rc) : STATUS_OK;
}

const char *source_name(const struct settings *s)
{
	if (!s->where.read_path)
		return "kept events";
	return strcmp(s->where.read_path, "-") ? s->where.read_path : "standard input";
}

int source_open_file(const struct settings *s, int fd, struct linx **l)
{
	struct linx_error error = { "" };
	int rc = linx_open_file(fd, source_name(s), l, &error);

	if (rc < 0)
		return say_status(STATUS_FAILURE, "%s", *error.text ? error.text : strerror(-rc));
	if (s->what.pods)
		read_pods(s, *l);
	rc = select_calls(s, *l);
	return rc < 0 ? give_up(l, failed(*l, rc)) : STATUS_OK;
}
