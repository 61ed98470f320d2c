#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Several files, while a program makes numbered calls: each file is complete
# by itself, and together they have every call, over turns by time, by size and by
# SIGHUP; of the whole machine, and of a command whose processes come and go. A recorder that was killed has left what can be read.
# timeout: 400
# arches: arm64
. "$JOB/guest/cap.sh"

CALLS=20000

cd /tmp || exit 1

# lseek of a descriptor that is not there: the number is in the record.
numbered_calls() {
	perl -e "for (1..$CALLS) { syscall($nr_lseek, 500, \$_, 0); select(undef, undef, undef, 0.1) unless \$_ % 500 }"
}

# What is called now, in whichever file: on a slow machine the first may be full of time already.
is_recorded() { # NAME
	local f
	perl -e "syscall($nr_lseek, 501, 0, 0)"
	for f in "$1".*; do
		! linxcap -r "$f" -q 2>/dev/null | grep -q "lseek(501" || return 0
	done
	return 1
}

numbers() { # FILE...
	local f
	for f in "$@"; do
		linxcap -r "$f" -q --format json 2>>err | jq -r 'select(.syscall == "lseek" and .args.fd == 500) | .args.offset'
	done
}

whole() { # FILE
	linxcap -r "$1" --stats=stats -q -o /dev/null || fail "$1 cannot be read"
	holds "$1" stats '.complete and .selected == .delivered'
}

# Several files, each complete, and in them the numbers from 1 to LAST.
all_there() { # LAST FILE...
	local last=$1 f
	shift
	[ $# -ge 4 ] || fail "files: $*"
	for f in "$@"; do
		whole "$f"
	done
	numbers "$@" | sort -n | uniq >seen
	is "numbers in $(ls -s "$@" | tr '\n' ' ')" "$(wc -l <seen) $(head -n 1 seen) $(tail -n 1 seen)" "$last 1 $last"
}

linxcap -q -e lseek -w f -G 1 -C 400K -W 500 2>live &
pid=$!
# The file is there before recording begins.
soon is_recorded f
numbered_calls &
calls=$!
sleep 0.5
kill -HUP $pid
wait $calls
sleep 1
kill $pid
wait $pid || fail "status $?: $(cat live)"
is "said" "$(cat live)" ""
all_there $CALLS f.*

# Who it was is known in each file.
for f in f.*; do
	linxcap -r "$f" -q --format json | jq -r 'select(.syscall == "lseek" and .args.fd == 500) | .comm' | sort -u >comms
	[ ! -s comms ] || is "comm in $f" "$(cat comms)" perl
done

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
