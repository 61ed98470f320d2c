/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options about descriptors: -y, --decode-fds, -P, -e fd=. */
#ifndef LINXCAP_FD_OPTIONS_H
#define LINXCAP_FD_OPTIONS_H

#include <linx/linx.h>

/* Reads "path,socket", "all", "none" as LINX_SHOW_FD_*; a leading '!' inverts it. False: another word. */
bool fds_words(const char *words, unsigned int *show);
/* The possible words, for people. */
extern const char fds_choices[];

/* Files that select calls. */
struct fds_selection {
	const char **paths;
	int32_t *fds;
	unsigned int npaths, nfds;
};
/*
 * Adds a path as given, and its target when links are followed. *real: the target if it differs, for a
 * message; it belongs to the list. False: no memory.
 */
bool fds_choose_path(struct fds_selection *c, const char *path, const char **real);
/* Adds "3,4" or "!3,4"; false: no list of numbers. */
bool fds_choose_numbers(struct fds_selection *c, const char *words);
void fds_selection_free(struct fds_selection *c);
/* True if the call uses one of the files. */
bool fds_used(const struct fds_selection *c, const struct linx_event *ev);
/* True if the event is wanted. Events that are no calls are always wanted; without a choice all are. */
static inline bool fds_requested(const struct fds_selection *c, const struct linx_event *ev)
{
	return (!c->npaths && !c->nfds) || linx_event_get_kind(ev) != LINX_EVENT_SYSCALL || fds_used(c, ev);
}

/* Returns the details of descriptors that a live source has to record for these options: LINX_FDS_*. */
unsigned int fds_needed(unsigned int show, const struct fds_selection *c);

#endif
