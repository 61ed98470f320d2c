/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The configuration of the old syscall_sequence_plugin: two JSON objects, init_config and open_params, each
 * alone or both in one file under those names. The whole file is checked before any value is set.
 *
 * The room config/ parses and checks the file of --config. trace/config_apply.h applies it.
 */
#ifndef LINXCAP_CONFIG_H
#define LINXCAP_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/message.h"

#define CONFIG_PATH_MAX 4095u
#define CONFIG_GROUP_MAX 32u /* longest name that groupadd(8) takes */
#define CONFIG_PIDS 65536u
#define CONFIG_COMMS 60u /* the kernel takes 64; a few are left for falco and other built-in names */
#define CONFIG_COMM_MAX 16u

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
	bool given; /* a configuration was read: a missing object has its defaults */
	bool has_init, has_open;

	/* init_config */
	uint32_t rich_value_size, str_max_size;
	bool putfile;
	char *path; /* NULL: ./linx.log */
	uint32_t mode; /* permissions with which path is created */
	char *group; /* group with which path is created; NULL: that of the directory */
	int format; /* enum config_format */
	int log_level; /* enum say_level */
	char *log_file; /* NULL: standard error */

	/* open_params */
	bool filter_own, filter_falco, drop_mode, drop_failed, http;
	bool entries; /* also write a line when a call begins */
	struct config_numbers filter_pids;
	struct config_words filter_comms;
	char *interest_syscall_file; /* NULL: every call */
	/* Members of open_params that only the plugin uses; linxcap has options for them. */
	char *capture; /* a file to replay; NULL: live */
	bool loss_events; /* losses and the account are events, too */
	char *calls; /* an expression for linx_select(); NULL: every call */
};

/* Bytes of each buffer to capture, as linx_live_opts.snap_bytes: only captured bytes can be shown. */
uint32_t config_captured(const struct config *c);
/* linx_live_opts.snap_str for this many captured bytes of buffers: paths and command lines stay whole. */
uint32_t config_captured_strings(uint32_t buffers);

/* All defaults. */
void config_init(struct config *c);
void config_free(struct config *c);

/*
 * Adds a file, or the text itself if it begins with a brace. -1: why is set and nothing has changed. warned
 * receives warnings about odd but usable values; NULL: nobody does.
 */
int config_read(struct config *c, const char *file_or_text, const struct listener *warned, struct problem *why);

/*
 * Reads the calls in a file of interesting calls, as an expression for linx_select(); the caller frees it. -1:
 * why is set.
 */
int config_read_calls(const char *path, char **calls, const struct listener *warned, struct problem *why);

#endif
