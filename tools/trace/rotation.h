/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Unattended recording: the time of the next file, the room that is left, and the work on completed files.
 */
#ifndef LINXCAP_ROTATION_H
#define LINXCAP_ROTATION_H

#include "files/post_rotate.h"
#include "files/rotated_files.h"
#include "trace/settings.h"
#include "trace/sink.h"

enum rotation_word {
	KEEPER_GO_ON,
	ROTATION_STEP, /* the next file is due */
	KEEPER_STOP, /* no room is left; reported */
};

struct rotation {
	const struct settings *settings;
	struct series series;
	char *path; /* path of the file being written */
	uint64_t rotate_ns; /* time of the next file; UINT64_MAX: not by time */
	uint64_t empty_size, first_size; /* size of the file before any record was written, and after the first; 0: not known yet */
	uint64_t look_ns; /* time of the next check of the room */
	uint64_t free; /* free bytes at the last check */
	uint64_t removed; /* bytes of removed files that do not count as free yet */
	uint64_t shows_ns; /* time by which they have to */
	uint64_t retry_ns; /* no next file before this time: the last attempt failed */
	bool reload; /* SIGHUP asked for the next file */
	struct after after; /* commands of -z */
};

/* True if the settings want several files. Without them there is no rotation. */
bool rotation_wanted(const struct settings *s);
/* Opens the first file, *fd. -1: why is set. Call rotation_close() in any case. */
int rotation_open(struct rotation *k, const struct settings *s, int *fd, struct problem *why);
/* Waits until files are on the disk, and for the commands of -z. */
void rotation_close(struct rotation *k, struct signals *signals);

/*
 * True if enough room is free, now or after older files were removed; otherwise prints why. Call it before the
 * first rotation_turned(): repeated starts without room must not remove a good file for an empty one each
 * time.
 */
bool rotation_has_room(struct rotation *k, const struct sink *sink, uint64_t now);
/* Decides what to do between two steps. */
enum rotation_word rotation_look(struct rotation *k, const struct sink *sink, uint64_t now);
/* Latest time of the next rotation_look(). */
uint64_t rotation_due(const struct rotation *k);

/* Notes that the next file was begun at now. path is taken over. */
void rotation_turned(struct rotation *k, char *path, uint64_t now);
/* Called when the next file could not be opened: tries again later. */
void rotation_put_off(struct rotation *k, uint64_t now);
/*
 * Hands over the completed file as fd, which is taken over; it is synced to disk. report: print that then. fd
 * -1: the file has no end; an empty one is removed.
 */
void rotation_finished(struct rotation *k, int fd, bool report);

#endif
