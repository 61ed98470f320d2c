/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unattended recording: when the next file is due, how much space is free, and what is done with completed files. */
#ifndef LINXCAP_ROTATION_H
#define LINXCAP_ROTATION_H

#include "files/post_rotate.h"
#include "files/rotated_files.h"
#include "trace/settings.h"
#include "trace/sink.h"

enum rotation_word {
	ROTATION_GO_ON, /* the current file goes on */
	ROTATION_STEP, /* the next file is due */
	ROTATION_STOP, /* there is not enough free space; an error was printed */
};

struct rotation {
	const struct settings *settings;
	struct series series;
	char *path; /* path of the file being written */
	uint64_t rotate_ns; /* time at which the next file is due; UINT64_MAX: never by time */
	uint64_t empty_size, first_size; /* size of the file without records, and after the first; 0: not known yet */
	uint64_t look_ns; /* time of the next check of the free space */
	uint64_t free; /* free bytes of the file system at the last check */
	uint64_t removed; /* bytes of removed files that the file system does not show as free yet */
	uint64_t shows_ns; /* time by which the file system must show removed bytes as free: then removed becomes 0 */
	uint64_t retry_ns; /* time before which the next file is not opened, since the last attempt failed */
	bool reload; /* SIGHUP asked to read the settings again and to begin the next file */
	struct after after; /* the command of -z, and the files for which it must run */
};

/* True if the settings ask for several files. Only then the other functions are used. */
bool rotation_wanted(const struct settings *s);
/*
 * Opens the first file, and returns its descriptor in *fd. -1: why has the reason. Call rotation_close() in any
 * case.
 */
int rotation_open(struct rotation *k, const struct settings *s, int *fd, struct problem *why);
/* Waits until completed files are on the disk and the commands of -z have ended, then frees all. */
void rotation_close(struct rotation *k, struct signals *signals);

/*
 * True if --keep-free bytes are free, if necessary after older files were removed; otherwise prints an error. Call
 * it once before the first rotation_turned(), which removes files: otherwise each of several starts without enough
 * space would remove an old file that has records and leave an empty one.
 */
bool rotation_has_room(struct rotation *k, const struct sink *sink, uint64_t now);
/* Decides between two steps of the loop whether to go on, to begin the next file, or to stop. */
enum rotation_word rotation_look(struct rotation *k, const struct sink *sink, uint64_t now);
/* Returns the time at which rotation_look() must be called again at the latest. */
uint64_t rotation_due(const struct rotation *k);

/* Notes that the next file was begun, at the time now. Takes ownership of path. */
void rotation_turned(struct rotation *k, char *path, uint64_t now);
/* Notes that the next file could not be opened: the next attempt is made a few seconds later. */
void rotation_put_off(struct rotation *k, uint64_t now);
/*
 * Takes over the file that was closed. fd: its descriptor, which this function owns from now on. The file is synced to
 * disk, and then passed to the command of -z. report: print a message when the file is on the disk. fd -1: the file is
 * not complete; if it is empty, it is removed.
 */
void rotation_finished(struct rotation *k, int fd, bool report);

#endif
