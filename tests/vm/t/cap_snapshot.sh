#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The snapshot at the beginning of a recording joins the later events without a gap, in a storm of forks and dups that
# began before: the files of a process, as --fds shows them, equal /proc/PID/fd. linxcap does not read /proc after the
# snapshot.
# full
# timeout: 240
# arches: arm64
. "$JOB/guest/cap.sh"
. "$JOB/guest/snapshot.sh"
need_paths

cd /tmp || exit 1

SNAPSHOT='ioctl\([0-9]+, _IOC\([^)]*0xb7, 0xd,' # LINX_IOC_SNAPSHOT, as strace has it

record strace -f -e trace=%file,ioctl -o own.strace
compare
awk -v snapshot="$SNAPSHOT" '$0 ~ snapshot { on = 1 } on && /"\/proc/ { print; bad = 1 } END { exit bad || !on }' own.strace >read ||
	fail "linxcap reads /proc after the snapshot: $(head -n 3 read)"
for _ in 1 2; do
	record
	compare
done
