#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Once the snapshot is taken, nothing is read from /proc to tell who made an event
# and with which files, however many processes come and go.
# timeout: 120
# arches: arm64
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1

SNAPSHOT='0xb7, 0xd,' # LINX_IOC_SNAPSHOT, as strace has it

(while [ ! -e stop ]; do cap_opened >/dev/null; done) &
load=$!
strace -f -e trace=%file,ioctl -o own.strace linxcap -q -e getpgid --fds --format json -o live.json 2>err &
tracer=$!
soon grep -q "$SNAPSHOT" own.strace
soon sh -c 'tail -n 20 live.json | grep -q \"getpgid\"'
soon sh -c '[ $(grep -c "\"syscall\":\"getpgid\"" live.json) -ge 13 ]'
touch stop
wait $load
kill -TERM "$(awk '/execve/ { print $1; exit }' own.strace)"
wait $tracer || fail "status $?: $(cat err)"

grep '"syscall":"getpgid"' live.json >calls
[ "$(wc -l <calls)" -ge 13 ] || fail "$(wc -l <calls) calls: $(cat err)"
! grep -Em1 '"(exe|ppid|comm)":null' calls || fail "a call without its process"
grep -v "\"fds\":\[{" calls >none; [ ! -s none ] || fail "$(wc -l <none) of $(wc -l <calls) calls without their files: $(head -n 1 none)"
! awk -v snapshot="$SNAPSHOT" 'index($0, snapshot) { on = 1 } on && /"\/proc/' own.strace | grep . >read ||
	fail "linxcap reads /proc after the snapshot: $(head -n 3 read)"
