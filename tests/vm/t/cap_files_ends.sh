#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Several files: of a recorder that was killed, of a command whose processes come
# and go, with beginnings larger than a file may be, and compressed while recorded.
# full
# timeout: 400
# arches: arm64
. "$JOB/guest/cap.sh"
. "$JOB/guest/files.sh"

CALLS=20000

cd /tmp || exit 1

# Killed, and started again: what was written can be read, and stays.
linxcap -q -e lseek -w g -W 500 &
pid=$!
soon is_recorded g
numbered_calls
kill -KILL $pid
wait $pid 2>/dev/null
size=$(stat -c %s g.000001)
linxcap -q -e lseek -w g -W 500 --for 1s || fail "started again"
is "the file of before" "$(stat -c %s g.000001)" "$size"
whole g.000002

# A command: its processes are followed from file to file.
family() {
	for i in $(seq 40); do
		(perl -e "for (1..250) { syscall($nr_lseek, 500, ($i - 1) * 250 + \$_, 0) }" &)
		sleep 0.1
	done
	sleep 1
}
export -f family
export nr_lseek
linxcap -q -e lseek -w h -G 1 -C 100K -- bash -c family 2>live || fail "command: status $?: $(cat live)"
all_there 10000 h.*

# What a file begins with, who is there, may be more than its size: no file follows for that alone, and the end is seen.
for _ in $(seq 300); do
	sleep 1000 &
done
timeout -s KILL 100 linxcap -q -e lseek -w k -C 16K -- sleep 1 2>live || fail "small files: status $?: $(cat live)"
is "files of one beginning" "$(ls k.*)" k.000001
[ "$(stat -c %s k.000001)" -gt 16384 ] || fail "it begins with less: $(ls -l k.*)"
whole k.000001

# Compressed while it is recorded: as complete, and smaller.
many="ls -lR /usr/bin /etc >/dev/null"
linxcap -q -w plain -- sh -c "$many" && linxcap -q --compress -w packed -- sh -c "$many" || fail "compressed: status $?"
whole plain
whole packed
is "calls of ls" "$(linxcap -r packed -q --format json | grep -c '"syscall":"statx"')" \
	"$(linxcap -r plain -q --format json | grep -c '"syscall":"statx"')"
[ "$(($(stat -c %s packed) * 2))" -lt "$(stat -c %s plain)" ] || fail "compressed: $(ls -l packed plain)"
