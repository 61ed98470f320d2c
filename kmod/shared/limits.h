/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Limits of a record that are the same in all engines: how many values, structures, descriptors and bytes are looked at.
 * They bound the work of one call, whatever a program passes.
 */
#ifndef LINX_SHARED_LIMITS_H
#define LINX_SHARED_LIMITS_H

/*
 * Most values of a record. It also bounds the page faults that a program can cause by an array of invalid pointers: at
 * most three for each value.
 */
#define LINX_VALUES_MAX 160
/*
 * Most structures that are followed at a time: the structure whose members are being followed, and those that led to
 * it.
 */
#define LINX_FRAMES_MAX 4
/* Most descriptors of a call that are recorded. */
#define LINX_FDS_MAX 64
/* Bytes of room that another short value needs. */
#define LINX_VALUE_ROOM_MIN 64

/* Most bytes that are searched for the end of a cut string. */
#define LINX_STRLEN_MAX (128 * 1024)
/* Number of values of a record, from the first on, for which the full length of a cut string is determined. */
#define LINX_SOUGHT_MAX 16
/*
 * Most strings of a vector that are captured, and most that are counted. A limit on bytes alone would let a vector of
 * empty strings take very long, while preemption is off in the kernel.
 */
#define LINX_STRV_KEEP_MAX 4096
#define LINX_STRV_COUNT_MAX 16384
/* Number of pointers that are recorded of a vector with an unreadable string. */
#define LINX_STRV_UNREAD 32

/* Size of a C library's fd_set, in bytes. */
#define LINX_FD_SET_BYTES (1024 / 8)
/* Offset in struct sockaddr_xdp (linux/if_xdp.h) of the descriptor whose memory the socket shares. */
#define LINX_XDP_SHARED_FD 12
/* Device number of /dev/ptmx, as records have it. Its descriptors are the master ends of terminals. */
#define LINX_DEV_PTMX (5u << 20 | 2)

/*
 * Flight recorder: when a new record needs room, this many bytes of old records are dropped in addition to what the new
 * record needs. So many bytes hold about 250 records, which are dropped in a few microseconds.
 */
#define LINX_RECORDER_AHEAD (16u << 10)

#endif
