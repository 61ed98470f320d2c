/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options about descriptors: -y, --decode-fds, -P, -e fd=. */
#ifndef LINXCAP_FD_OPTIONS_H
#define LINXCAP_FD_OPTIONS_H

#include <linx/linx.h>

/* "path,socket", "all", "none" as LINX_SHOW_FD_*; a leading '!' turns it round. False: another word. */
bool fds_words(const char *words, unsigned int *show);
/* The words that there are, for people. */
extern const char fds_choices[];

/* Files that calls are chosen by. */
struct fds_selection {
	const char **paths;
	int32_t *fds;
	unsigned int npaths, nfds;
};
/*
 * A path as it was given, and as it is when its links are followed. *real: that, if it is another one, to be told; it
 * belongs to the list. False: no memory.
 */
bool fds_choose_path(struct fds_selection *c, const char *path, const char **real);
/* "3,4" or "!3,4"; false: no list of numbers. */
bool fds_choose_numbers(struct fds_selection *c, const char *words);
void fds_selection_free(struct fds_selection *c);
/* Has the call to do with one of them? */
bool fds_used(const struct fds_selection *c, const struct linx_event *ev);
/* Is the event wanted? Whatever is no call is, and everything if nothing was chosen. */
static inline bool fds_requested(const struct fds_selection *c, const struct linx_event *ev)
{
	return (!c->npaths && !c->nfds) || linx_event_get_kind(ev) != LINX_EVENT_SYSCALL || fds_used(c, ev);
}

/* Returns the details of descriptors that a live source has to record for these options: LINX_FDS_*. */
unsigned int fds_needed(unsigned int show, const struct fds_selection *c);

#endif
