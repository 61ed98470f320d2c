/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The configuration of the older syscall_sequence_plugin: two JSON objects, init_config and open_params. A file has
 * one of them, or both under these names. The whole file is checked before any value is set.
 *
 * The directory config/ reads and checks the file of --config; trace/config_apply.h applies it.
 */
#ifndef LINXCAP_CONFIG_H
#define LINXCAP_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/message.h"

#define CONFIG_PATH_MAX 4095u
#define CONFIG_GROUP_MAX 32u /* longest name that groupadd(8) allows */
#define CONFIG_PIDS 65536u
#define CONFIG_COMMS 60u /* the kernel accepts 64 names; a few are reserved for falco and other built-in names */
#define CONFIG_COMM_MAX 16u
#define CONFIG_PROBES 4096u
#define CONFIG_PROBE_MAX 4095u

enum config_format { CONFIG_NORMAL, CONFIG_JSON };

struct config_words {
	char **items;
	unsigned int n;
};

struct config_numbers {
	uint32_t *items;
	unsigned int n;
};

struct config {
	bool given; /* a configuration was read; an object that it does not have keeps its defaults */
	bool has_init, has_open;

	/* keys of init_config */
	uint32_t rich_value_size, str_max_size;
	bool putfile;
	char *path; /* log file; NULL: ./linx.log */
	uint32_t mode; /* mode with which the log file is created */
	char *group; /* group with which the log file is created; NULL: that of its directory */
	int format; /* enum config_format */
	int log_level; /* enum say_level */
	char *log_file; /* file for messages; NULL: standard error */

	/* keys of open_params */
	bool filter_own, filter_falco, drop_mode, drop_failed, http;
	bool entries; /* a line is printed at the entry of a call, too */
	struct config_numbers filter_pids;
	struct config_words filter_comms;
	struct config_words probes; /* specifications of probes, as for --probe */
	char *interest_syscall_file; /* NULL: all calls */
	/* members of open_params that only the plugin uses, as linxcap has options for them */
	char *capture; /* capture file to read; NULL: live */
	bool loss_events; /* lost records and the account at the end are events, too */
	char *calls; /* calls of interest_syscall_file as an expression for linx_select(); NULL: all calls */
};

/*
 * Returns how many bytes of each buffer to capture (linx_live_opts.snap_bytes): str_max_size, but at most as many as a
 * record can have; UINT32_MAX: none, since str_max_size is 0.
 */
uint32_t config_captured(const struct config *c);
/*
 * Returns how many bytes of strings to capture (linx_live_opts.snap_str). buffers: limit of captured bytes of a buffer.
 * Small limits do not hold for strings: the result is then 0, the default, which keeps paths and command lines
 * complete.
 */
uint32_t config_captured_strings(uint32_t buffers);

/* Sets all defaults. */
void config_init(struct config *c);
void config_free(struct config *c);

/*
 * Reads a file, or the text itself if it begins with a brace, and adds it to c. warned receives warnings about values
 * that are odd but usable; NULL: such warnings are dropped. -1: why has the reason, and c is unchanged.
 */
int config_read(struct config *c, const char *file_or_text, const struct listener *warned, struct problem *why);

/*
 * Reads a file of interesting calls into *calls, an expression for linx_select(); the caller frees it. -1: why has
 * the reason.
 */
int config_read_calls(const char *path, char **calls, const struct listener *warned, struct problem *why);

#endif
