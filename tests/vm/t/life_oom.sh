#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Memory runs out: for rings, in a cgroup whose limit is too low, and for a reader, which the kernel kills. Nothing
# stays allocated, and another running recording loses nothing.
# full
# timeout: 120
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
memory_cgroup small
echo "linx-vm: memory will run out" >/dev/kmsg

# A script for bash -c. It runs "$@" in the small cgroup, as the process that the kernel kills first.
within='echo $$ >cg/small/cgroup.procs && echo 1000 >/proc/self/oom_score_adj && exec "$@"'

killed() { sed -n 's/^oom_kill //p' cg/small/memory.events; }
users() { lsmod | sed -n 's/^linx  *[0-9]*  *\([0-9]*\).*/\1/p'; }
room=16777216	# what may be left of programs and files
empty() { [ "$(cat cg/small/memory.current)" -lt "$room" ]; }

background --format json --stats=stats -o all.json -e trace=getppid
other=$pid
is "one session" "$(users)" 1

# The rings need 64 MB on each of 2 CPUs, and the cgroup allows half of that in all (Linux 5.10 does not charge the
# rings).
echo 64M >cg/small/memory.max
status=0
bash -c "$within" small linxcap --buffer 64M -e trace=getppid -o /dev/null -- true >out 2>err || status=$?
case $status in
137) [ "$(killed)" -gt 0 ] || fail "who ended it? $(cat cg/small/memory.events)" ;;
0) [[ $(uname -r) == 5.10.* ]] || fail "it had 128 MB of 64" ;;
*) has "refused" err '^linxcap: .*(emory|ENOMEM)' ;;
esac
soon empty
is "one session after the refused one" "$(users)" 1
room=$(($(cat cg/small/memory.current) + 4194304))
perl -e 'getppid for 1..500'

# The reader has allocated its rings, and is killed when another program of its cgroup exceeds the limit.
before=$(killed)
bash -c "$within" small linxcap -q --buffer 4M -w k.cap -e trace=getppid >out 2>err </dev/null &
pid=$!
soon recording "$pid"
is "two sessions" "$(users)" 2
perl -e 'getppid for 1..500'
bash -c 'echo $$ >cg/small/cgroup.procs && exec perl -e "\$x = 1; \$y .= q(x) x 1048576 while kill 0, $1; sleep 1"' hog "$pid" >/dev/null 2>&1 &
hog=$!
ended
is "the reader's end" "$status" 137
[ "$(killed)" -gt "$before" ] || fail "the kernel ended nobody: $(cat cg/small/memory.events)"
wait "$hog" || true
soon empty
is "one session after the ended one" "$(users)" 1
perl -e 'getppid for 1..500'

kill -INT "$other"
pid=$other
ended
is "the other one's status ($(cat err))" "$status" 0
everything "the other one" stats
is "calls" "$(count all.json '.syscall == "getppid" and .comm == "perl"')" 1500
linxcap -r k.cap --format json >k.json 2>err || true
is "what the ended one wrote is cut off" "$(count k.json '.kind == "certificate" and .cut_off')" 1
soon rmdir cg/small
umount cg
