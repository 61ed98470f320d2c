/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options about file descriptors: -y, --decode-fds, -P, -e fd=. */
#ifndef LINXCAP_FD_OPTIONS_H
#define LINXCAP_FD_OPTIONS_H

#include <linx/linx.h>

/*
 * Reads a list such as "path,socket", "all" or "none" into *show, as LINX_SHOW_FD_*. A "!" in front inverts the list.
 * False: a word is not known.
 */
bool fds_words(const char *words, unsigned int *show);
/* The allowed words, for messages. */
extern const char fds_choices[];

/* Paths and descriptor numbers; only calls that use one of them are shown. */
struct fds_selection {
	const char **paths;
	int32_t *fds;
	unsigned int npaths, nfds;
};
/*
 * Adds a path as given and, if its real path differs, also the real path. *real: the real path, for a message, owned by
 * c; NULL: it does not differ. False: no memory.
 */
bool fds_choose_path(struct fds_selection *c, const char *path, const char **real);
/* Adds the numbers of "3,4", or of "!3,4" (all but these). False: the words are not a list of numbers. */
bool fds_choose_numbers(struct fds_selection *c, const char *words);
void fds_selection_free(struct fds_selection *c);
/* True if the call uses one of the paths or descriptors. */
bool fds_used(const struct fds_selection *c, const struct linx_event *ev);
/* True if the selection is empty, if the event is not a system call, or if fds_used() is true of it. */
static inline bool fds_requested(const struct fds_selection *c, const struct linx_event *ev)
{
	return (!c->npaths && !c->nfds) || linx_event_get_kind(ev) != LINX_EVENT_SYSCALL || fds_used(c, ev);
}

/* Returns what a live source must record about descriptors for these options: LINX_FDS_*. */
unsigned int fds_needed(unsigned int show, const struct fds_selection *c);

#endif
