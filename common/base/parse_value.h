/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses numbers and similar words. A word must match as a whole; otherwise the functions return false. */
#ifndef LINXCAP_PARSE_VALUE_H
#define LINXCAP_PARSE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool value_number(const char *word, uint64_t *n);
/* Reads a size in bytes, as "65536", "64K", "8M" or "1G". */
bool value_size(const char *word, uint64_t *bytes);
/* Writes a size with the largest unit that divides it, as "64K". */
void value_size_text(uint64_t bytes, char text[32]);
/* Reads a duration, as "10" (seconds), "1.5s", "500ms", "20us", "100ns", "2m", "1h" or "1d". */
bool value_duration(const char *word, uint64_t *ns);
/* Reads the path of the directory of a cgroup (version 2), and returns the kernel's id of the cgroup. */
bool value_cgroup(const char *word, uint64_t *id);
/* Reads a user name or number. */
bool value_user(const char *word, uint32_t *uid);
/* Returns the index of word in choices, a list joined by '|'; -1: the list does not have the word. */
int value_choice(const char *word, const char *choices);

/* Process ids; each value_pids() appends those of a word like "12,34 56". */
struct pid_list {
	int *pids; /* to be freed with free(3) */
	size_t n;
};
bool value_pids(const char *word, struct pid_list *list);

/* Skips any "!" at the beginning of a set. *not: the set means all except what follows. */
const char *value_skip_nots(const char *expr, bool *not);
/*
 * Finds the next word of a list whose words are joined by commas, and moves *list to the character after the word.
 * Empty words are skipped. False: there is no further word.
 */
bool value_list_word(const char **list, const char **word, size_t *len);

#endif
