/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings of a trace, and the table of options that fills them. */
#ifndef LINXCAP_SETTINGS_H
#define LINXCAP_SETTINGS_H

#include <linx/linx.h>

#include "alert/alerts.h"
#include "rules/rule_files.h"
#include "config/config.h"
#include "falco/falco_config.h"
#include "metrics/metrics_pages.h"
#include "options/fd_options.h"
#include "options/options.h"
#include "files/maplog.h"
#include "base/parse_value.h"

/* struct option.scope, in trace_options */
#define SCOPE_LIVE 0x1u /* means nothing when reading a file */
#define SCOPE_SHOW 0x2u /* means nothing when recording to a file */
#define SCOPE_ROTATION 0x4u /* applies to several files only */
#define SCOPE_FIRST 0x8u /* stands in the short help */

enum action { ACTION_TRACE = 0, ACTION_HELP, ACTION_HELP_ALL, ACTION_VERSION };
enum colour { COLOUR_AUTO = 0, COLOUR_ALWAYS, COLOUR_NEVER };

/* Settings of what is recorded. */
struct settings_what {
	const char *calls; /* -e trace=; NULL: all */
	enum linx_status status;
	struct pid_list attach; /* -p */
	bool follow;
	bool by_uid;
	uint32_t uid;
	uint64_t min_duration_ns;
	bool entries;
	bool env;
	bool no_resolved;
	bool no_containers;
	const char *host_root; /* path of the machine's root directory; NULL: / */
	uint64_t hide_signals; /* bit n - 1: signal n; all bits: no signals are recorded either */
	struct who_settings {
		const char *comms[16], *cgroups[16], *containers[16];
		unsigned int ncomms, ncgroups, ncontainers;
	} who; /* --comm, --cgroup, --container: trace/who_options.c */
	bool include_self;
	bool files;
	bool http; /* --http */
	struct fds_selection selected; /* -P, -e fd=; trace/shown.c */
	char *condition; /* FILTER; NULL: none */
	unsigned int needs; /* LINX_NEEDS_* of the condition */
	char **command; /* -- CMD; NULL: none */
};

/* Settings of the engine, the rings, and the end of the trace. */
struct settings_how {
	const char *engine; /* --engine; NULL: LINX_ENGINE_AUTO */
	enum linx_capture_mode mode;
	uint32_t throttle_cap_ms; /* 0: the library's default */
	unsigned int nexempt;
	uint64_t exempt[16]; /* ids of cgroups that never wait */
	struct sample {
		unsigned int every;
		const char *calls; /* NULL: all but those of class PRIO */
	} samples[16]; /* --sample, in their order */
	unsigned int nsamples;
	uint64_t budget; /* 0: none */
	int ahead; /* the nice value is lowered by this much during the recording; 0: unchanged */
	const char *priority; /* calls; NULL: those of class PRIO */
	uint64_t ring_size; /* 0: the library's default */
	uint64_t count; /* -n; 0: no limit */
	uint64_t for_ns; /* --for; 0: no limit */
	bool let_go; /* --let-go: the command continues when tracing ends before it */
};

/* Settings of sources and destinations: files, logs, alerts and counts. trace/destinations/ read them. */
struct settings_where {
	bool salvage;
	const char *read_path, *write_path, *out_path, *stats_path;
	int compress; /* compression level; 0: none */
	const char *log_path; /* lines go to this file through a window; NULL: to out_path */
	struct maplog_opts log_opts; /* permissions and group with which log_path is created */
	bool stats;
	bool quiet;

	/* several files: trace/rotation.h */
	uint64_t rotate_bytes, rotate_ns; /* -C, -G; 0: not by it */
	uint64_t keep_files; /* -W; 0: all */
	uint64_t keep_free; /* bytes; 0: no limit */
	const char *after; /* -z; NULL: nothing */

	struct alert_settings alerts; /* --alert */
	struct rule_settings {
		struct rule_source from; /* n 0: no rules */
		bool first_alone; /* if an event matches several rules, only the first raises an alert */
		bool unwatched; /* files are read again on request only, not when they change */
		enum linx_rule_priority least; /* least urgent priority that is used */
		struct linx_rules *set; /* compiled */
	} rules; /* --rules */

	struct metrics_settings metrics; /* --metrics */
	struct metrics *numbers; /* counts that --metrics shows; NULL: none */
};

/* Settings of formats and tables. */
struct settings_look {
	enum linx_format format;
	bool format_given;
	const char *line; /* --format TEMPLATE; NULL: the default */
	unsigned int string_limit; /* -s; 0: not given */
	unsigned int cmdline_limit, files_limit; /* --cmdline, --fds-limit; 0: not given */
	bool durations;
	bool summary; /* -c: a table of calls at the end instead of events */
	bool http_secrets, http_alone; /* --http-secrets; linxcap http: no calls are shown */
	bool http_summary; /* --summary */
	int times; /* number of -t */
	bool verbose;
	unsigned int fds; /* LINX_SHOW_FD_* */
	enum colour colour;
	const char *redact_path; /* --redact; NULL: all is shown */
	struct redact *redact;
};

struct settings {
	enum action action;
	int argc; /* words of the command line, for a reload: cmd_trace() */
	char **argv;

	/* Files that set what options leave open. */
	struct config config; /* --config */
	const char *falco_path; /* --falco-config; NULL: none */
	struct falco_config falco;
	char falco_output[3][512]; /* names of outputs, made from it */

	struct settings_what what;
	struct settings_how how;
	struct settings_where where;
	struct settings_look look;
};

extern const struct option_table trace_options, http_options;
/* Words that users of other programs type, subcommands too. */
extern const struct option_habits trace_habits;

/* Reads the options. argv[0] "http": linxcap http. -1: why is set. */
int settings_read(struct settings *s, int argc, char **argv, struct problem *why);
/* Gets the row of the chosen format. */
struct linx_format_info settings_format(const struct settings *s);
void settings_free(struct settings *s);

#endif
