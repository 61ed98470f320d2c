#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is there when a recording begins joins what happens from then on, in a
# storm of forks and dups that began before: the files of a process, as --fds
# tells them, against /proc/PID/fd. Once the snapshot is taken nothing is read
# from /proc.
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
