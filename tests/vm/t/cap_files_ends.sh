#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A recording into several files: of a recorder that is killed, of a command whose processes come and go, with a list of
# processes that is longer than a file may be, and compressed during the recording.
# full
# timeout: 400
# arches: arm64
. "$JOB/guest/cap.sh"
. "$JOB/guest/files.sh"

CALLS=20000

cd /tmp || exit 1

# A recorder is killed and started again: its earlier files are readable and stay.
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

# The processes of a command are followed from file to file.
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

# The description of all processes at the beginning of a file may alone be longer than the limit of the file's size. It
# must not start a new file, and the end of the command must be noticed.
for _ in $(seq 300); do
	sleep 1000 &
done
timeout -s KILL 100 linxcap -q -e lseek -w k -C 16K -- sleep 1 2>live || fail "small files: status $?: $(cat live)"
is "files of one beginning" "$(ls k.*)" k.000001
[ "$(stat -c %s k.000001)" -gt 16384 ] || fail "it begins with less: $(ls -l k.*)"
whole k.000001

# A file compressed during the recording is as complete, and smaller.
many="ls -lR /usr/bin /etc >/dev/null"
linxcap -q -w plain -- sh -c "$many" && linxcap -q --compress -w packed -- sh -c "$many" || fail "compressed: status $?"
whole plain
whole packed
is "calls of ls" "$(linxcap -r packed -q --format json | grep -c '"syscall":"statx"')" \
	"$(linxcap -r plain -q --format json | grep -c '"syscall":"statx"')"
[ "$(($(stat -c %s packed) * 2))" -lt "$(stat -c %s plain)" ] || fail "compressed: $(ls -l packed plain)"
