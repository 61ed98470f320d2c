#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# After the initial snapshot, linxcap does not read /proc to describe the process and the files of an event, however
# many processes come and go.
# full
# timeout: 120
# arches: arm64
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1

SNAPSHOT='0xb7, 0xd,' # LINX_IOC_SNAPSHOT, as strace has it

# Prints the calls whose process the stream itself describes. Calls before the end of the snapshot may be flagged as
# stale and are left out.
sure() { grep '"syscall":"getpgid"' live.json | grep -v '"stale"'; }
enough() { [ "$(sure | wc -l)" -ge 13 ]; }

(while [ ! -e stop ]; do cap_opened >/dev/null; done) &
load=$!
strace -f -ttt -e trace=%file,ioctl -o own.strace linxcap -q -e getpgid --fds --format json -o live.json 2>err &
tracer=$!
soon grep -q "$SNAPSHOT" own.strace
soon enough
touch stop
wait $load
kill -TERM "$(awk '/execve/ { print $1; exit }' own.strace)"
wait $tracer || fail "status $?: $(cat err)"

sure >calls
enough || fail "$(wc -l <calls) calls: $(cat err)"
! grep -Em1 '"(exe|ppid|comm)":null' calls || fail "a call without its process"
grep -v "\"fds\":\[{" calls >none; [ ! -s none ] || fail "$(wc -l <none) of $(wc -l <calls) calls without their files: $(head -n 1 none)"
# The snapshot is complete after the last ioctl that takes it; the call after that ioctl marks the time.
taken=$(awk -v snapshot="$SNAPSHOT" 'index($0, snapshot) { on = 1; next } on { on = 0; print $2 }' own.strace | tail -n 1)
jq -c --argjson taken "${taken:-null}" 'select(.flags? and (.flags | index("stale")) and .time_ns / 1e9 > $taken + 0.05)' live.json >late ||
	fail "when was the snapshot taken? $taken"
[ ! -s late ] || fail "flagged after the snapshot: $(wc -l <late): $(head -n 1 late)"
! awk -v snapshot="$SNAPSHOT" 'index($0, snapshot) { on = 1 } on && /"\/proc/' own.strace | grep . >read ||
	fail "linxcap reads /proc after the snapshot: $(head -n 3 read)"
