/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings of a trace, and the table of options that fills them. */
#ifndef LINXCAP_SETTINGS_H
#define LINXCAP_SETTINGS_H

#include <linx/linx.h>

#include "alert/alerts.h"
#include "rules/rule_files.h"
#include "config/config.h"
#include "falco/falco_config.h"
#include "flame/flame.h"
#include "metrics/metrics_pages.h"
#include "options/deny_options.h"
#include "options/fd_options.h"
#include "options/options.h"
#include "files/maplog.h"
#include "base/moment.h"
#include "base/parse_value.h"
#include "view/view_def.h"

/* bits of struct option.scope in trace_options */
#define SCOPE_LIVE 0x1u /* not allowed with -r, which reads a file */
#define SCOPE_SHOW 0x2u /* not allowed with -w, which only records */
#define SCOPE_ROTATION 0x4u /* only for recordings with several files */
#define SCOPE_FIRST 0x8u /* shown in the short help */
#define SCOPE_TABLE 0x10u /* only of linxcap stat and linxcap top */
#define SCOPE_EVENTS 0x20u /* not of linxcap stat, top, flame and serve, which write neither lines nor captures */
#define SCOPE_TEXT 0x40u /* not of linxcap top, which writes no text */
#define SCOPE_TOP 0x80u /* only of linxcap top */
#define SCOPE_BYTES 0x100u /* not of linxcap stat, which shows no content */
#define SCOPE_FLAME 0x200u /* only of linxcap flame */
#define SCOPE_PAGE 0x400u /* only of linxcap serve */
/*
 * Scopes of subcommands without those in "own": rows with these scopes are not for a subcommand with the scopes "own".
 */
#define SCOPE_OTHERS(own) ((SCOPE_TABLE | SCOPE_TOP | SCOPE_FLAME | SCOPE_PAGE) & ~(own))

enum action { ACTION_TRACE = 0, ACTION_HELP, ACTION_HELP_ALL, ACTION_VERSION };
enum colour { COLOUR_AUTO = 0, COLOUR_ALWAYS, COLOUR_NEVER };

/* Settings that decide what is recorded. */
struct settings_what {
	const char *calls; /* set of calls of -e trace=; NULL: all */
	enum linx_status status;
	struct pid_list attach; /* processes of -p */
	bool follow;
	bool by_uid;
	uint32_t uid;
	uint64_t min_duration_ns;
	bool entries;
	bool env;
	bool no_resolved;
	bool no_containers;
	const char *pods; /* file of linx-pods; NULL: the usual one, if it is there */
	bool has_pods_user;
	uint32_t pods_user; /* with has_pods_user: user who may own this file, besides root and the user of this process */
	const char *machine; /* name of this machine in captures, rows and alerts; NULL: its host name */
	const char *host_root; /* path at which the machine's root directory is mounted; NULL: / */
	uint64_t hide_signals; /* bit n - 1: signal n is not shown; all bits set: signals are not recorded either */
	const char **probes; /* specifications of --probe */
	size_t nprobes;
	struct deny_settings deny;
	const char *take_policy; /* name of a policy that the module keeps, whose events are wanted; NULL: none */
	struct policy_in_use *policy; /* policy of --deny and of rules with actions: see trace/policy.h */
	struct who_settings {
		const char *comms[16], *cgroups[16], *containers[16];
		unsigned int ncomms, ncgroups, ncontainers;
	} who; /* names of --comm, --cgroup and --container, see trace/who_options.c */
	bool include_self;
	bool files;
	bool http; /* --http: record and show HTTP requests */
	struct fds_selection selected; /* paths of -P and descriptors of -e fd=, see trace/shown.c */
	char *condition; /* FILTER, with conditions from other options; NULL: none */
	unsigned int needs; /* LINX_NEEDS_*: data that the condition uses */
	struct moment from, to; /* --from and --to, see trace/window.h; live: --to ends the trace */
	uint64_t last_ns; /* --last; 0: not given */
	char **command; /* command after "--", and its arguments; NULL: none */
};

/* Settings of the engine and of the rings, and limits that end the trace. */
struct settings_how {
	const char *engine; /* name of the engine, of --engine; NULL: LINX_ENGINE_AUTO */
	enum linx_capture_mode mode;
	uint32_t throttle_cap_ms; /* --throttle-cap; 0: the library's default */
	unsigned int nexempt;
	uint64_t exempt[16]; /* ids of cgroups whose tasks never wait in throttle mode */
	struct sample {
		unsigned int every;
		const char *calls; /* set of calls; NULL: all except those of class PRIO */
	} samples[16]; /* arguments of --sample, in their order */
	unsigned int nsamples;
	uint64_t budget; /* most events per second and CPU; 0: no limit */
	bool no_canary; /* --no-canary */
	int ahead; /* the nice value is lowered by this much during the recording; 0: unchanged */
	const char *priority; /* set of calls that may use the reserve of a ring; NULL: those of class PRIO */
	uint64_t ring_size; /* bytes of each CPU's ring; 0: the library's default */
	uint64_t count; /* -n: number of events at which the trace ends; 0: no limit */
	uint64_t for_ns; /* --for: time after which the trace ends; 0: no limit */
	bool let_go; /* --let-go: the command goes on if tracing ends before it */
};

/* Settings of sources and destinations: files, logs, alerts and counters. Most are read in trace/destinations/. */
struct settings_where {
	bool salvage;
	const char *read_path, *write_path, *out_path, *stats_path;
	int compress; /* compression level of the capture; 0: not compressed */
	const char *log_path; /* file for log lines, written through a memory map; NULL: lines go to out_path */
	struct maplog_opts log_opts; /* mode and group with which log_path is created */
	bool stats;
	bool quiet;

	/* recordings with several files: trace/rotation.h */
	uint64_t rotate_bytes, rotate_ns; /* -C, -G: size and age at which a file ends; 0: no limit */
	uint64_t keep_files; /* -W: number of files; 0: all are kept */
	uint64_t keep_free; /* --keep-free: bytes; 0: no limit */
	const char *after; /* command of -z; NULL: none */

	struct rows_settings {
		const char *path; /* --rows: folder of Parquet files; NULL: none */
		uint64_t keep; /* --keep: bytes of its files; 0: no limit */
		uint64_t flush_ns; /* --flush; 0: not given */
		bool no_args;
		int level; /* --compress; 0: the library's default */
	} rows; /* settings of --rows; flush_ns, no_args and level also of --spool */
	struct spool_settings {
		const char *path; /* --spool: folder of segments for linx-ship; NULL: none */
		uint64_t size; /* --spool-size: bytes of all segments */
		uint64_t block_rows; /* --block: most rows of a block */
	} spool; /* settings of --spool */

	struct alert_settings alerts; /* settings of the options --alert... */
	struct rule_settings {
		struct rule_source from; /* n is 0 if there are no rules */
		bool first_alone; /* only the first of several rules that match an event raises an alert */
		enum { ACTIONS_OFF, ACTIONS_OBSERVE, ACTIONS_ENFORCE } actions; /* effect of rules with actions: --actions */
		bool unwatched; /* files of rules are read again only on request, not when they change */
		enum linx_rule_priority least; /* rules of less urgent priorities are not used */
		struct linx_rules *set; /* the compiled rules */
	} rules; /* settings of --rules */

	struct metrics_settings metrics; /* settings of --metrics */
	struct metrics *numbers; /* counters that --metrics publishes; NULL: none */
};

enum table_form { TABLE_TEXT = 0, TABLE_JSON, TABLE_CSV };

/* Settings of tables: see trace/table_options.h. */
struct table_settings {
	bool alone; /* linxcap stat */
	const char *by, *columns, *hist, *sort, *view; /* arguments of the options; NULL: not given */
	uint64_t every_ns; /* --every; 0: one table */
	unsigned int top; /* --top: most rows; 0: all */
	enum table_form form; /* --format of linxcap stat */
	struct view_def *def; /* the view, also of -c and of http --summary; NULL: no table */
	bool on_screen; /* linxcap top */
	uint64_t keep; /* --keep: bytes of the newest records of a live source */
	struct rule_source rules; /* --rules of linxcap top */
	struct top *screen; /* the screen of linxcap top; NULL: none */
};

enum flame_form { FLAME_FOLDED = 0, FLAME_SVG };

/* Settings of linxcap flame. */
struct flame_settings {
	bool alone; /* linxcap flame */
	bool form_given;
	enum flame_by by;
	enum flame_form form;
};

/* Settings of linxcap serve. */
struct page_settings {
	bool alone; /* linxcap serve */
	uint16_t port; /* --port; 0: the kernel chooses one */
	uint64_t keep; /* --keep; 0: the default */
	const char *save_path; /* --save: the page becomes a file; NULL: it is served */
};

/* Settings that decide how events and tables look. */
struct settings_look {
	enum linx_format format;
	bool format_given;
	const char *line; /* template of --format for log lines; NULL: the default */
	unsigned int string_limit; /* -s: bytes of a string that are shown; 0: not given */
	unsigned int cmdline_limit, files_limit; /* --cmdline, --fds-limit: bytes in each line; 0: not given */
	bool durations;
	bool summary; /* -c: a table of calls at the end instead of events */
	bool http_secrets, http_alone; /* --http-secrets; http_alone: linxcap http, which shows no calls */
	bool http_summary; /* --summary: a table of HTTP requests */
	int times; /* number of -t options */
	bool verbose;
	unsigned int fds; /* details that are shown of descriptors: LINX_SHOW_FD_* */
	enum colour colour;
	struct table_settings table;
	struct flame_settings flame;
	struct page_settings page;
	const char *redact_path; /* --redact; NULL: nothing is blanked */
	struct redact *redact;
};

struct settings {
	enum action action;
	int argc; /* the command line, kept to read it again at a reload: cmd_trace() */
	char **argv;

	/* Files with settings that options on the command line override. */
	struct config config; /* settings of --config */
	const char *falco_path; /* file of --falco-config; NULL: none */
	struct falco_config falco;
	char falco_output[3][512]; /* outputs of alerts, as --alert takes them, made from falco */

	struct settings_what what;
	struct settings_how how;
	struct settings_where where;
	struct settings_look look;
};

extern const struct option_table trace_options, http_options, stat_options, top_options, flame_options, serve_options;
/* Words that users know from other programs, also subcommands, each with a hint. */
extern const struct option_habits trace_habits;

/*
 * Reads the command line of linxcap. If argv[0] is "http", "stat", "top", "flame" or "serve", reads that subcommand's
 * options. -1: why has the reason.
 */
int settings_read(struct settings *s, int argc, char **argv, struct problem *why);
/* True if output is colored. terminal: the output goes to a terminal. */
bool settings_colour(const struct settings *s, bool terminal);
/* Returns name and properties of the chosen format. */
struct linx_format_info settings_format(const struct settings *s);
void settings_free(struct settings *s);

#endif
