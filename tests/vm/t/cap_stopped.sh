#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Open files of ordinary programs: a program is stopped at any moment, and its files, as --fds shows them at that time,
# are compared with /proc/PID/fd.
# full
# timeout: 150
# arches: arm64
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1

# look PID: stops a process and lists its open files and the time, then lets it continue.
look() { # PID
	local fd now
	kill -STOP "$1"
	until grep -q '^State:.T' "/proc/$1/status"; do sleep 0.02; done
	now=${EPOCHREALTIME/./}000
	for fd in "/proc/$1/fd"/*; do
		[ ! -L "$fd" ] || echo "$1 $now ${fd##*/} $(readlink "$fd")"
	done >>list
	kill -CONT "$1"
}

# Some of this shell's files are open before the recording begins.
bash -c 'exec 5</etc/passwd 6>/tmp/x 7<>/tmp/x; while :; do read -r a </etc/group; exec 8</etc/hosts; : >/tmp/y; sleep 0.05; exec 8<&-; done' &
shell=$!
soon test -e /proc/$shell/fd/7
background -q --fds -e %desc,clone,clone3,vfork,fork,execve --buffer 32M -w look.cap
recorder=$pid
perl -e 'for (;;) { open my $f, "<", "/etc/passwd"; my @l = <$f>; open my $g, "-|", "ls /"; my @m = <$g>; pipe my $r, my $w; select undef, undef, undef, 0.02 }' &
perl=$!
(while :; do find /usr/bin | sort -T /tmp | head -n 5 >/dev/null; done) &
pipes=$!
sleep 1
for i in 1 2 3 4; do
	for p in $shell $perl $pipes; do
		look $p
	done
	sleep 0.3
done
kill $shell $perl $pipes
kill -INT "$recorder"
pid=$recorder
ended
is "status ($(cat err))" "$status" 0
linxcap -q --fds -r look.cap --format json 2>err | grep -E "\"pid\":($shell|$perl|$pipes)," >look.json
"$JOB/guest/same-fds" list look.json 12 >found 2>&1 || fail "$(cat found)"
is "of moments that are not decided" "$(sed -n 's/.*compared, \([0-9]*\) stale.*/\1/p' found)" 0
echo "# $(tail -n 1 found)"
