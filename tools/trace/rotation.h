/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Unattended recording: when the next file is due, how much room is left, and what happens
 * to completed files.
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
	KEEPER_STOP, /* no room; told */
};

struct rotation {
	const struct settings *settings;
	struct series series;
	char *path; /* path of the file being written */
	uint64_t rotate_ns; /* when the next is due; UINT64_MAX: not by time */
	uint64_t empty_size, first_size; /* size of the file before any record was written, and after the first; 0: not yet */
	uint64_t look_ns; /* when to look at the room next */
	uint64_t free; /* bytes at the last look */
	uint64_t removed; /* bytes of files that went, and are not seen to be free yet */
	uint64_t shows_ns; /* when they have to be */
	uint64_t retry_ns; /* no other turn before: the last one failed */
	bool reload; /* the turn was asked for by SIGHUP */
	struct after after; /* commands of -z */
};

/* Does it want several files? Without that there is no rotation. */
bool rotation_wanted(const struct settings *s);
/* *fd: the first file. -1: why is set. rotation_close() in any case. */
int rotation_open(struct rotation *k, const struct settings *s, int *fd, struct problem *why);
/* Waits until files are on the disk, and for the commands of -z. */
void rotation_close(struct rotation *k, struct signals *signals);

/*
 * Is as much free as is wanted, now or once older files are gone? Says if not.
 * Ask before the first rotation_turned(): who is started again and again where
 * there is no room must not push out a good file for an empty one each time.
 */
bool rotation_has_room(struct rotation *k, const struct sink *sink, uint64_t now);
/* To be called between two steps. */
enum rotation_word rotation_look(struct rotation *k, const struct sink *sink, uint64_t now);
/* When at the latest. */
uint64_t rotation_due(const struct rotation *k);

/* The next file was begun, at now, path is taken over. */
void rotation_turned(struct rotation *k, char *path, uint64_t now);
/* Called when the next file could not be opened: tries again later. */
void rotation_put_off(struct rotation *k, uint64_t now);
/*
 * The file that was written has its end, and goes to the disk as fd, which is
 * taken over; report: then say so. -1: it has no end. Without anything it goes.
 */
void rotation_finished(struct rotation *k, int fd, bool report);

#endif
