/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Falco's own configuration, falco.yaml, as far as it applies here: read with bounds; mistakes have file, line
 * and column. Keys without a meaning here are collected by name.
 *
 * The room falco/ reads it; higher rooms apply it.
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

/* How a file of config_files changes what files before it said. */
enum falco_strategy {
	FALCO_APPEND, /* lists add to theirs; other keys, with all below them, take the place of theirs */
	FALCO_OVERRIDE, /* lists do that, too */
	FALCO_ADD_ONLY, /* keys that they have are passed over */
};

struct falco_output {
	bool enabled;
	const char *to; /* file, command or URL; NULL: not given */
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
	bool plugins_chosen; /* load_plugins is given: other plugins are not loaded */
	bool container_chosen, container_listed; /* plugin container stands in load_plugins, in plugins */
	const char *includes[FALCO_FILES_MAX]; /* config_files */
	enum falco_strategy strategies[FALCO_FILES_MAX];
	unsigned int nincludes;
	uint8_t nfiles, given[128]; /* by key: the number of the last file that gave it, from 1 */
	const char *engine, *capture; /* engine.kind and engine.replay.capture_file; NULL: not given */
	enum alert_priority priority;
	bool json, iso_time, watch, all_matches;
	struct alert_form form;
	uint64_t queue; /* 0: not given */
	struct {
		bool enabled, all; /* all: each rule captures events, not only those that ask for it */
		const char *prefix;
		uint64_t after_ms, most_mb; /* most_mb: MiB of one file; 0: no limit */
	} keep; /* capture: the events before alerts */
	struct falco_output stdout_, syslog, file, program, http;
	const char *needs_shell; /* reason why the command of program cannot be started; NULL: it can */
	const char *ca_cert, *ca_bundle, *ca_path; /* the first of them that is given counts; NULL: not given */
	bool mtls;
	const char *client_cert, *client_key;
	struct {
		bool enabled, counts;
		const char *address, *health;
		uint64_t port;
	} web;

	char unused[2048]; /* keys without a meaning here, joined by commas */
	void *owned; /* memory of all texts */
};

/* Falco's defaults. */
void falco_config_init(struct falco_config *c);
void falco_config_free(struct falco_config *c);
/* Reads a file and those of its config_files into c. -1: why is set. Warnings are printed. */
int falco_config_read(struct falco_config *c, const char *path, struct problem *why);
/* Reads len bytes under a name, without further files. */
int falco_config_read_text(struct falco_config *c, const char *name, const char *text, size_t len, struct problem *why);

#endif
