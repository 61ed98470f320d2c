// SPDX-License-Identifier: LGPL-2.1-or-later
/* Options about file descriptors: see options/fd_options.h. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "options/fd_options.h"
#include "base/parse_value.h"

const char fds_choices[] = "path, socket, dev, pidfd, eventfd, signalfd, all or none";

/* The words of a list, in the order of the bits of LINX_SHOW_FD_*. */
static const char words_of_bits[] = "path|socket|dev|pidfd|eventfd|signalfd";

static bool one_word(const char *word, unsigned int *show)
{
	int i = value_choice(word, words_of_bits);

	if (i >= 0)
		*show |= 1u << i;
	else if (!strcmp(word, "all"))
		*show |= LINX_SHOW_FD_ALL;
	return i >= 0 || !strcmp(word, "all") || !strcmp(word, "none");
}

bool fds_words(const char *words, unsigned int *show)
{
	bool inverted = *words == '!';
	char word[16];

	*show = 0;
	words += inverted;
	for (;; words++) {
		size_t len = strcspn(words, ",");

		if (len >= sizeof(word))
			return false;
		memcpy(word, words, len);
		word[len] = '\0';
		if (!one_word(word, show))
			return false;
		words += len;
		if (!*words)
			break;
	}
	if (inverted)
		*show = ~*show & LINX_SHOW_FD_ALL;
	return true;
}

static bool add_path(struct fds_selection *c, const char *path)
{
	const char **paths = reallocarray(c->paths, c->npaths + 1, sizeof(*paths));

	if (!paths)
		return false;
	c->paths = paths;
	c->paths[c->npaths] = strdup(path);
	if (!c->paths[c->npaths])
		return false;
	c->npaths++;
	return true;
}

bool fds_choose_path(struct fds_selection *c, const char *path, const char **real)
{
	char *resolved = realpath(path, NULL);
	bool good = add_path(c, path);

	*real = NULL;
	if (good && resolved && strcmp(resolved, path) != 0) {
		good = add_path(c, resolved);
		*real = good ? c->paths[c->npaths - 1] : NULL;
	}
	free(resolved);
	return good;
}

static bool add_number(struct fds_selection *c, uint64_t n)
{
	int32_t *fds = reallocarray(c->fds, c->nfds + 1, sizeof(*fds));

	if (!fds || n > INT_MAX)
		return false;
	c->fds = fds;
	c->fds[c->nfds++] = (int32_t)n;
	return true;
}

/*
 * Adds LINX_OTHER_FDS, which means "all but the following". It must come first. Therefore numbers of earlier options
 * are removed.
 */
static bool add_others(struct fds_selection *c)
{
	c->nfds = 0;
	if (!add_number(c, 0))
		return false;
	c->fds[0] = LINX_OTHER_FDS;
	return true;
}

bool fds_choose_numbers(struct fds_selection *c, const char *words)
{
	char word[24];
	uint64_t n;

	if (*words == '!' && !add_others(c))
		return false;
	for (words += *words == '!';; words++) {
		size_t len = strcspn(words, ",");

		if (len >= sizeof(word))
			return false;
		memcpy(word, words, len);
		word[len] = '\0';
		if (!value_number(word, &n) || !add_number(c, n))
			return false;
		words += len;
		if (!*words)
			return true;
	}
}

void fds_selection_free(struct fds_selection *c)
{
	for (unsigned int i = 0; i < c->npaths; i++)
		free((char *)c->paths[i]);
	free(c->paths);
	free(c->fds);
	*c = (struct fds_selection){ 0 };
}

bool fds_used(const struct fds_selection *c, const struct linx_event *ev)
{
	struct linx_uses uses = {
		.paths = c->paths,
		.npaths = c->npaths,
		.fds = c->fds,
		.nfds = c->nfds,
	};

	return linx_event_uses(ev, &uses);
}

unsigned int fds_needed(unsigned int show, const struct fds_selection *c)
{
	unsigned int needed = 0;

	if (show & (LINX_SHOW_FD_PATH | LINX_SHOW_FD_DEV | LINX_SHOW_FD_PIDFD) || c->npaths ||
	    c->nfds)
		needed |= LINX_FDS_PATHS;
	if (show & (LINX_SHOW_FD_SOCKET | LINX_SHOW_FD_EVENTFD | LINX_SHOW_FD_SIGNALFD))
		needed |= LINX_FDS_DETAILS;
	return needed;
}
