// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A host of the plugin: loads it as sysdig and Falco do, reads a source to its end, or for some time, and prints the
 * requested fields. Events are copied into memory of exactly their size, and are read from there when the plugin has
 * already freed their batch. At the end the process must have the same descriptors, threads and signal handlers as
 * before.
 *
 * usage: host [-n OPENS] [-s SECONDS] [-q] PLUGIN INIT PARAMS [FIELD...]
 *   FIELD  name, name[argument]; a list as Falco prints it; line: evt.plugininfo; fields: the list of fields, then the end
 *   -n     opens the source OPENS times, one after another; 1 if not given
 *   -s     stops a live source after SECONDS; 1 if not given
 *   -q     prints only the number of events
 */
#include <dirent.h>
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "plugin/falco_api.h"

#define HELD 2000u /* events that are copied before they are printed: more than a batch has */
#define SIGNALS 65

#define API(X)                                                                                        \
	X(get_required_api_version) X(get_name) X(get_description) X(get_contact) X(get_version)      \
	X(get_init_schema) X(init) X(destroy) X(get_last_error) X(get_id) X(get_event_source) X(open) \
	X(close) X(next_batch) X(get_progress) X(event_to_string) X(get_fields) X(extract_fields)
struct api {
#define MEMBER(name) __typeof__(&plugin_##name) name;
	API(MEMBER)
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "host: %s: %s\n", what, why);
	exit(1);
}

static void load(struct api *a, const char *path)
{
	void *so = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (!so)
		die("cannot load", dlerror());
#define FIND(name)                                      \
	*(void **)&a->name = dlsym(so, "plugin_" #name); \
	if (!a->name)                                   \
		die("no such function", #name);
	API(FIND)
}

/* ---- the state of this process, which the plugin must leave as it was --------------------------- */

struct state {
	unsigned int fds, threads;
	void *handlers[SIGNALS];
	sigset_t blocked;
};

static unsigned int entries(const char *path)
{
	DIR *d = opendir(path);
	unsigned int n = 0;

	while (d && readdir(d))
		n++;
	closedir(d);
	return n;
}

static struct state state_now(void)
{
	struct state s = { .fds = entries("/proc/self/fd"), .threads = entries("/proc/self/task") };
	struct sigaction sa;

	for (int i = 1; i < SIGNALS; i++)
		if (!sigaction(i, NULL, &sa))
			s.handlers[i] = (void *)sa.sa_handler;
	sigprocmask(SIG_SETMASK, NULL, &s.blocked);
	return s;
}

static void expect_same(const struct state *before, const char *when)
{
	struct state now = state_now();

	if (now.threads != before->threads)
		die(when, "a thread is left");
	if (memcmp(now.handlers, before->handlers, sizeof(now.handlers)) || memcmp(&now.blocked, &before->blocked, sizeof(now.blocked)))
		die(when, "signals are handled otherwise");
}

static void expect_closed(const struct state *before)
{
	expect_same(before, "after the end");
	if (state_now().fds != before->fds)
		die("after the end", "a descriptor is left");
}

/* ---- events ------------------------------------------------------------------------------------ */

static struct {
	const struct api *api;
	struct plugin *plugin;
	char **fields;
	int nfields;
	bool quiet;
	struct falco_event *held[HELD];
	unsigned int nheld;
	unsigned long long events;
} host;

static void hear(void *owner, const char *component, const char *msg, uint32_t severity)
{
	(void)owner;
	fprintf(stderr, "%s %u: %s\n", component, severity, msg);
}

/*
 * Parses "name[argument]" as a field in the plugin's list. Falco determines the index and the type of a field in this
 * way.
 */
static struct falco_field parse(char *text)
{
	char name[64], *open = strchr(text, '[');
	const char *list = host.api->get_fields(), *at, *end;
	struct falco_field f = { .id = 0 };
	static char argument[64];

	snprintf(name, sizeof(name), "{\"name\":\"%.*s\",", open ? (int)(open - text) : (int)strlen(text), text);
	at = strstr(list, name);
	if (!at)
		die("no such field", text);
	for (const char *s = list; s < at; s++)
		f.id += *s == '\n';
	end = strchr(at, '\n');
	end = end ? end : at + strlen(at);
	f.type = strstr(at, "\"type\":\"uint64\"") && strstr(at, "\"type\":\"uint64\"") < end ? FALCO_UINT64 : FALCO_STRING;
	f.list = strstr(at, "\"isList\":true") && strstr(at, "\"isList\":true") < end;
	f.name = text;
	if (open) {
		snprintf(argument, sizeof(argument), "%.*s", (int)strcspn(open + 1, "]"), open + 1);
		f.arg_present = 1;
		f.arg_key = argument;
		f.arg_index = strtoull(argument, NULL, 10);
	}
	return f;
}

static void print_value(const struct falco_field *f, uint64_t i)
{
	if (f->type == FALCO_UINT64)
		printf("%llu", (unsigned long long)f->res.u64[i]);
	else
		fputs(f->res.str[i], stdout);
}

/* Prints the value of a field as sinsp_filter_check::tostring() of Falco does. */
static void print_field(const struct falco_event_input *in, char *text)
{
	struct falco_extract_input ex = { .nfields = 1 };
	struct falco_field f;

	if (!strcmp(text, "line")) {
		const char *line = host.api->event_to_string(host.plugin, in);

		fputs(line ? line : "<NA>", stdout);
		return;
	}
	f = parse(text);
	ex.fields = &f;
	if (host.api->extract_fields(host.plugin, in, &ex) != FALCO_OK)
		die(text, host.api->get_last_error(host.plugin));
	if (!f.res_len) {
		fputs("<NA>", stdout);
		return;
	}
	fputs(f.list ? "(" : "", stdout);
	for (uint64_t i = 0; i < f.res_len; i++) {
		fputs(i ? "," : "", stdout);
		print_value(&f, i);
	}
	fputs(f.list ? ")" : "", stdout);
}

static void print_held(void)
{
	for (unsigned int i = 0; i < host.nheld; i++) {
		struct falco_event_input in = { .evt = host.held[i], .number = i, .source = "linx_ebpf" };

		for (int k = 0; k < host.nfields; k++) {
			fputs(k ? "\t" : "", stdout);
			print_field(&in, host.fields[k]);
		}
		if (host.nfields)
			putchar('\n');
		free(host.held[i]);
	}
	host.nheld = 0;
}

static void take(const struct falco_event *e)
{
	struct falco_event *copy = malloc(e->len);

	if (!copy)
		die("event", "out of memory");
	memcpy(copy, e, e->len);
	if (copy->ts == UINT64_MAX || copy->type != FALCO_EVENT_PLUGIN)
		die("event", "no time, or of another type");
	host.events++;
	host.held[host.nheld++] = copy;
	if (host.nheld == HELD || host.quiet)
		print_held();
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void read_source(const char *params, const struct state *before, double seconds)
{
	struct falco_event **events;
	int64_t until = now_ms() + (int64_t)(seconds * 1000);
	uint32_t n, progress;
	int32_t rc;
	struct instance *h = host.api->open(host.plugin, params, &rc);

	if (!h || rc != FALCO_OK)
		die("open", host.api->get_last_error(host.plugin));
	expect_same(before, "while a source is open");
	do {
		rc = host.api->next_batch(host.plugin, h, &n, &events);
		for (uint32_t i = 0; rc == FALCO_OK && i < n; i++)
			take(events[i]);
		if (rc == FALCO_FAILURE)
			die("next_batch", host.api->get_last_error(host.plugin));
		host.api->get_progress(host.plugin, h, &progress);
	} while (rc != FALCO_EOF && (rc == FALCO_OK || now_ms() < until) && now_ms() < until + 60000);
	if (rc == FALCO_EOF && progress != 10000)
		die("get_progress", "the end is not all of it");
	host.api->close(host.plugin, h);
	print_held();
}

int main(int argc, char **argv)
{
	struct falco_init_input in = { .log = hear };
	double seconds = 1;
	struct api api;
	struct state before;
	int opens = 1, c;
	int32_t rc;

	while ((c = getopt(argc, argv, "+n:s:q")) != -1) {
		opens = c == 'n' ? atoi(optarg) : opens;
		seconds = c == 's' ? atof(optarg) : seconds;
		host.quiet |= c == 'q';
	}
	if (argc - optind < 3)
		die("usage", "host [-n OPENS] [-s SECONDS] [-q] PLUGIN INIT PARAMS [FIELD...]");
	load(&api, argv[optind]);
	host.api = &api;
	host.fields = argv + optind + 3;
	host.nfields = argc - optind - 3;
	if (host.nfields && !strcmp(host.fields[0], "fields")) {
		puts(api.get_fields());
		return 0;
	}
	before = state_now();
	in.config = argv[optind + 1];
	host.plugin = api.init(&in, &rc);
	if (!host.plugin || rc != FALCO_OK)
		die("init", host.plugin ? api.get_last_error(host.plugin) : "no state");
	for (int i = 0; i < opens; i++)
		read_source(argv[optind + 2], &before, seconds);
	api.destroy(host.plugin);
	expect_closed(&before);
	if (host.quiet)
		printf("%llu events\n", host.events);
	return 0;
}
