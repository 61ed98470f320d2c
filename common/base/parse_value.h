/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers from words, strictly: the whole word must match, else the result is false. */
#ifndef LINXCAP_PARSE_VALUE_H
#define LINXCAP_PARSE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool value_number(const char *word, uint64_t *n);
/* Reads "65536", "64K", "8M", "1G" */
bool value_size(const char *word, uint64_t *bytes);
/* Writes a size in its shortest form. */
void value_size_text(uint64_t bytes, char text[32]);
/* Reads "10" (seconds), "1.5s", "500ms", "20us", "100ns", "2m", "1h", "1d" */
bool value_duration(const char *word, uint64_t *ns);
/* Reads the id of a cgroup (version 2) from its directory. */
bool value_cgroup(const char *word, uint64_t *id);
/* Reads a user's name or number. */
bool value_user(const char *word, uint32_t *uid);
/* Index of word among the words that choices joins by '|'; -1: not there. */
int value_choice(const char *word, const char *choices);

/* A list that grows: "12,34 56". */
struct pid_list {
	int *pids; /* free() */
	size_t n;
};
bool value_pids(const char *word, struct pid_list *list);

/* Skips "!" at the beginning of a set. not: the set is the opposite of what follows. */
const char *value_skip_nots(const char *expr, bool *not);
/* Gets the next word of a list; several commas in a row count as one. False: there is none. */
bool value_list_word(const char **list, const char **word, size_t *len);

#endif
