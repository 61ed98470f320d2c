/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A parsed JSON text, and error messages about its values. */
#ifndef LINXCAP_CONFIG_TEXT_H
#define LINXCAP_CONFIG_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cjson/cJSON.h>

#include "base/message.h"

struct config_text {
	const char *name; /* file name; NULL: the text is from the command line */
	char *text;
	cJSON *root;
	struct problem *why;
};

/* Reads and parses a file, or the text itself if it begins with a brace. -1: why has the reason. */
int config_text_open(struct config_text *t, const char *file_or_text, struct problem *why);
void config_text_close(struct config_text *t);

/* Sets t->why to "FILE:3: open_params.filter_pids[2]: expected ..., found \"x\"". Returns -1. */
int config_wrong(const struct config_text *t, const cJSON *v, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Writes file and line of a value, as "FILE:3". */
void config_position(const struct config_text *t, const cJSON *v, char *buf, size_t size);
/* Checks that no two members of an object have the same name. -1: two have, and t->why has the error. */
int config_check_duplicates(const struct config_text *t, const cJSON *object);

#endif
