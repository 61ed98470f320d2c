#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A live recording with a condition equals the replay of a whole recording with the same condition, field by field, and
# left out events are counted.
# full
# timeout: 280
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1

template='%linx.tid %linx.type %linx.args %linx.res %linx.comm %linx.user[key] %linx.errno'

# Conditions on events: the kernel decides some of these conditions, the library others; for most, each decides a part.
conditions=(
	'linx.type = openat and linx.res < 0'
	'linx.type in (close, read, 999) and linx.arg[fd] = 3 or linx.user = 1000'
	'not linx.type in (openat, close, mmap, read)'
	'linx.comm = cat and not linx.errno exists'
	'linx.user != root or linx.type startswith exec'
	'linx.arg[fd] >= 3 and linx.res >= 0 and linx.comm != sh'
)

cat >work.sh <<'END'
read go
cat /etc/passwd /not/there >/dev/null 2>&1
ls /proc/self/fd >/dev/null
for i in 1 2 3; do busybox true; done
busybox setuidgid user cat /etc/passwd 2>/dev/null
cap_threads 20 2>/dev/null
perl -e '$< = 1000; $> = 1000; open(F, "/etc/passwd"); print <F>; syscall(39) for 1..5' >/dev/null
END

mkfifo gate

# by_task FILE: sorts the lines by task, because each session takes the time of a call itself: concurrent calls of two
# tasks may have another order in another session, but calls of one task do not.
by_task() { # FILE
	sort -s -t '(' -k 2,2n "$1"
}

# run_work lines|files: runs the programs once. Meanwhile one session without a condition records them to a file, and
# for each condition one more session records them, and prints lines or writes a file.
run_work() { # lines|files
	local i pid sessions out
	sh work.sh <gate >/dev/null 2>&1 &
	target=$!
	exec 9>gate
	linxcap -q -p $target -f -w all.cap --stats=all.stats --buffer 16M &
	sessions=($!)
	for i in "${!conditions[@]}"; do
		out=(--format "$template" -o "live.$i")
		[ "$1" = lines ] || out=(-w "live.$i.cap")
		linxcap -q -p $target -f "${out[@]}" --buffer 2M --stats="live.$i.stats" "${conditions[$i]}" 2>"live.$i.err" &
		sessions+=($!)
	done
	for pid in "${sessions[@]}"; do
		soon recording "$pid"
	done
	echo go >&9
	exec 9>&-
	wait $target
	for pid in "${sessions[@]}"; do
		wait "$pid" || fail "a session ended with $?: $(cat live.*.err)"
	done
}

for form in lines files; do
	run_work $form
	everything "all of it" all.stats
	for i in "${!conditions[@]}"; do
		accounts "${conditions[$i]}" "live.$i.stats"
		holds "${conditions[$i]}: nothing is lost" "live.$i.stats" '[.lost[]] | add // 0 == 0'
		if [ $form = files ]; then
			lx --format "$template" -r "live.$i.cap"
			is "${conditions[$i]}: the file ($(cat err))" "$status" 0
			mv out "live.$i"
		fi
		lx -q --format "$template" -r all.cap "${conditions[$i]}"
		is "${conditions[$i]}: replay ($(cat err))" "$status" 0
		[ -s out ] || fail "${conditions[$i]}: nothing meets it, so that nothing is tested"
		by_task out >replayed
		by_task "live.$i" >live
		cmp -s replayed live || fail "${conditions[$i]}, $form: live and replay differ: $(diff replayed live | head -n 8 | cut -c1-300)"
	done
done

# Calls that the kernel alone rejects never reach the reader, and are counted as filtered.
holds "the kernel counts" live.0.stats '.filtered > 0'
all=$(jq .selected all.stats)
holds "the kernel leaves out" live.0.stats ".selected < $all / 2"
