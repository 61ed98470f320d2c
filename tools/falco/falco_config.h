/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads Falco's own configuration, falco.yaml, as far as it has an effect here. Sizes are limited; errors have
 * file, line and column. Keys without an effect are collected by name.
 *
 * The directory falco/ only reads the file; the code that calls it applies the settings.
 */
#ifndef LINXCAP_FALCO_CONFIG_H
#define LINXCAP_FALCO_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert/alert.h"
#include "rules/rule_files.h"
#include "base/message.h"

#define FALCO_FILES_MAX 64u
#define FALCO_SWITCHES_MAX 256u
#define FALCO_STATICS_MAX 256u
#define FALCO_ADDITIONS_MAX 256u

/* Strategies of config_files: how a file changes what earlier files have set. */
enum falco_strategy {
	FALCO_APPEND, /* lists are appended to earlier ones; any other key replaces the earlier one with all keys below it */
	FALCO_OVERRIDE, /* each key replaces the earlier one, also if its value is a list */
	FALCO_ADD_ONLY, /* keys that an earlier file has set are ignored */
};

struct falco_output {
	bool enabled;
	const char *to; /* file name, command or URL; NULL: not given */
};

struct falco_config {
	const char *rules[FALCO_FILES_MAX];
	unsigned int nrules;
	struct rule_switch switches[FALCO_SWITCHES_MAX];
	unsigned int nswitches;
	struct rule_static statics[FALCO_STATICS_MAX]; /* sorted by name */
	unsigned int nstatics;
	struct rule_addition additions[FALCO_ADDITIONS_MAX];
	unsigned int nadditions;
	bool plugins_chosen; /* load_plugins is given, so only the plugins in it are loaded */
	bool container_chosen, container_listed; /* the plugin "container" is in load_plugins, or in plugins */
	const char *includes[FALCO_FILES_MAX]; /* files of config_files */
	enum falco_strategy strategies[FALCO_FILES_MAX];
	unsigned int nincludes;
	uint8_t nfiles, given[128]; /* number of files; given[i]: number (from 1) of the last file that set key i, or 0 */
	const char *engine, *capture; /* engine.kind, as linxcap's name; engine.replay.capture_file; NULL: not given */
	enum alert_priority priority;
	bool json, iso_time, watch, all_matches;
	struct alert_form form;
	uint64_t queue; /* outputs_queue.capacity; 0: not given */
	struct {
		bool enabled, all; /* all: every rule captures events, not only those that ask for it */
		const char *prefix;
		uint64_t after_ms, most_mb; /* default_duration in ms, max_file_size_mb in MiB (0: no limit) */
	} keep; /* the section capture: keeping the events before alerts */
	struct falco_output stdout_, syslog, file, program, http;
	const char *needs_shell; /* error message: the command of program needs a shell; NULL: it needs none */
	const char *ca_cert, *ca_bundle, *ca_path; /* the first one that is given is used; NULL: not given */
	bool mtls;
	const char *client_cert, *client_key;
	struct {
		bool enabled, counts;
		const char *address, *health;
		uint64_t port;
	} web;

	char unused[2048]; /* names of keys without an effect, joined by commas */
	void *owned; /* list of all allocations, for falco_config_free() */
};

/* Sets Falco's defaults. */
void falco_config_init(struct falco_config *c);
void falco_config_free(struct falco_config *c);
/* Reads a file and its config_files into c. -1: why has the reason. Warnings are printed. */
int falco_config_read(struct falco_config *c, const char *path, struct problem *why);
/* Reads len bytes of text as a file with this name, without its config_files. -1: why has the reason. */
int falco_config_read_text(struct falco_config *c, const char *name, const char *text, size_t len, struct problem *why);

#endif
