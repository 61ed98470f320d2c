/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The configuration of the old syscall_sequence_plugin: two JSON objects,
 * init_config and open_params, each alone or both in one file under those
 * names. All of it is checked before any of it counts.
 *
 * The room config/ parses and checks the file of --config. Applying it is up to
 * trace/config_apply.h.
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
	bool given; /* a configuration was read: an object that it has not has its defaults */
	bool has_init, has_open;

	/* init_config */
	uint32_t rich_value_size, str_max_size;
	bool putfile;
	char *path; /* NULL: ./linx.log */
	uint32_t mode; /* permissions that path is created with */
	char *group; /* group that path is created with; NULL: the directory decides */
	int format; /* enum config_format */
	int log_level; /* enum say_level */
	char *log_file; /* NULL: standard error */

	/* open_params */
	bool filter_own, filter_falco, drop_mode, drop_failed, http;
	bool entries; /* a line when a call begins, too */
	struct config_numbers filter_pids;
	struct config_words filter_comms;
	char *interest_syscall_file; /* NULL: every call */
	/* open_params of the plugin alone; linxcap has options for that. */
	char *capture; /* a file to replay; NULL: live */
	bool loss_events; /* losses and the account among the events, too */
	char *calls; /* an expression for linx_select(); NULL: every call */
};

/* Bytes of each buffer to capture, as linx_live_opts.snap_bytes: what is not captured cannot be shown. */
uint32_t config_captured(const struct config *c);
/* linx_live_opts.snap_str where so many bytes of buffers are captured: paths and command lines stay whole. */
uint32_t config_captured_strings(uint32_t buffers);

/* All defaults. */
void config_init(struct config *c);
void config_free(struct config *c);

/*
 * Adds a file, or the text itself if it begins with a brace. -1: why is set and
 * nothing has changed. warned hears of what is odd, but can be used; NULL: nobody does.
 */
int config_read(struct config *c, const char *file_or_text, const struct listener *warned, struct problem *why);

/* The calls that a file of interesting calls names, as linx_select() takes them; free(). -1: why is set. */
int config_read_calls(const char *path, char **calls, const struct listener *warned, struct problem *why);

#endif
