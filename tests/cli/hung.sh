# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# linxcap hung: the calls that tasks are inside, live with the engine ptrace, and at the end of a recording.

# watched ARG...: runs linxcap hung. A container may forbid ptrace(2), which skips the test.
watched() {
	lx hung "$@"
	! grep -q 'this container allows no ptrace' err || skip "$(cat err)"
}

# is_inside PID NUMBER: true if the process is inside the call with this number.
is_inside() { [ "$(cut -d' ' -f1 "/proc/$1/syscall")" = "$2" ]; }

# Starts a cat that waits for input from the fifo "f", whose other end is descriptor 5, as process $pid.
start_reader() {
	case $(uname -m) in x86_64) READ=0 ;; aarch64) READ=63 ;; *) skip "no number of read here" ;; esac
	mkfifo f
	cat <f >got &
	pid=$!
	exec 5>f
	wait_for grep -q '' "/proc/$pid/syscall" || skip "/proc has no calls here"
	wait_for is_inside "$pid" $READ
}

end_reader() {
	exec 5>&-
	wait "$pid" || true
}

# A call that began before linxcap was started is found in /proc: its name and its descriptor. The call is shown as
# older than the time since linxcap watches.
test_a_call_that_began_before() {
	start_reader
	watched --engine ptrace -p "$pid" --over 200ms
	is_status 0
	has out '^ +INSIDE +SINCE +PID +TID COMMAND +CALL$'
	has out "^ +>[0-9.]+ s  not known +$pid +$pid cat +read\\(0<.*/f>, 0x[0-9a-f]+, 0x[0-9a-f]+\$"
	[ "$(wc -l <out)" = 2 ] || broken "more than one call"
	kill -0 "$pid" || broken "the process is gone"
	command -v jq >/dev/null || skip "no jq"
	wait_for is_inside "$pid" $READ
	watched --engine ptrace -p "$pid" --over 200ms --json
	is_status 0
	jq -e --arg pid "$pid" '.live and .engine == "ptrace" and .over_ns == 200000000 and .lost == 0 and (.calls | length == 1) and
		(.calls[0] | .pid == ($pid | tonumber) and .tid == .pid and .comm == "cat" and .syscall == "read" and .fd == 0 and
		(.file | endswith("/f")) and .since_ns == null and .before_ns > 1700000000000000000 and .inside_ns >= 200000000)' out >/dev/null ||
		broken "$(cat out)"
	# -e '!read' leaves out the only call that the process is inside
	watched --engine ptrace -p "$pid" --over 200ms -e '!read'
	is_status 0
	[ ! -s out ] || broken "it is shown"
	has err 'no task is known to be inside a call for so long$'
	echo line >&5
	end_reader
	[ "$(cat got)" = line ] || broken "the process was disturbed: $(cat got)"
}

# linxcap hung looks up what a descriptor refers to if it shows the call, and otherwise not. The engine's own look-ups
# are the same in both runs, so the runs differ by one look-up.
test_files_of_calls_that_are_shown() {
	local choice shown hidden
	start_reader
	for choice in read '!read'; do
		lx strace -f -o "log.$choice" -e trace=readlink,readlinkat "$LINXCAP" hung --engine ptrace -p "$pid" --over 200ms -e "$choice"
		! grep -q 'allows no ptrace' err || skip "$(cat err)"
		is_status 0
	done
	shown=$(grep -c "/proc/$pid/fd/0" log.read)
	hidden=$(grep -c "/proc/$pid/fd/0" 'log.!read' || true)
	[ "$shown" = $((hidden + 1)) ] || broken "$shown times if it is shown, $hidden times if it is not"
	end_reader
}

# While a recording is read on a terminal, a line says how far it is.
test_progress_on_a_terminal() {
	shows_progress hung
	has shown 'no task is known to be inside a call|INSIDE'
}

# A call that begins while linxcap watches is shown with its time. An interrupt ends the watching.
test_a_call_that_begins_meanwhile() {
	start_reader
	"$LINXCAP" hung --engine ptrace -p "$pid" --over 1ns --for 1h >out 2>err &
	local watcher=$!
	wait_for grep -q '^TracerPid:.[1-9]' "/proc/$pid/status" || skip "$(cat err)"
	echo line >&5
	wait_for grep -q line got
	wait_for is_inside "$pid" $READ
	kill -INT $watcher
	wait $watcher || broken "the status is not 0"
	is_silent
	has out "^ +[0-9.]+ s  [01][0-9]-[0-3][0-9] [0-9:.]+ +$pid +$pid cat +read\\(0<.*/f>\$"
	[ "$(wc -l <out)" = 2 ] || broken "more than one call"
	end_reader
}

# A recording has the beginning of each call. So the time of a call that was not over when the recording ended is known
# to the nanosecond.
test_the_end_of_a_recording() {
	command -v jq >/dev/null || skip "no jq"
	start_reader
	"$LINXCAP" --engine ptrace --entry -yy -w rec.linx -p "$pid" 2>recorded &
	local tracer=$!
	wait_for grep -q '^TracerPid:.[1-9]' "/proc/$pid/status" || skip "$(cat recorded)"
	echo line >&5
	wait_for grep -q line got
	wait_for is_inside "$pid" $READ
	kill -INT $tracer
	wait $tracer
	lx hung -r rec.linx --over 1ns
	is_status 0
	is_silent
	has out "^ +[0-9.]+ s  [01][0-9]-[0-3][0-9] [0-9:.]+ +$pid +$pid cat +read\\(0<.*/f>\$"
	[ "$(wc -l <out)" = 2 ] || broken "more than one call"
	lx -q -r rec.linx --format json
	jq -s '[.[] | select(.flags | index("unfinished")?)][0].time_ns' out >since
	lx hung -r - --over 1ns --json <rec.linx
	is_status 0
	jq -e '.live == false and .engine == "ptrace" and .unknown == 0 and (.calls | length == 1) and (.calls[0] | .syscall == "read" and
		.fd == 0 and (.file | endswith("/f")) and .inside_ns > 0)' out >/dev/null || broken "$(cat out)"
	[ "$(jq '.calls[0].since_ns' out)" = "$(cat since)" ] || broken "another beginning: $(cat since out)"
	lx hung -r rec.linx --over 1h
	is_status 0
	[ ! -s out ] || broken "it is shown"
	end_reader
}

# With --to TIME the shown calls are those that began before TIME and after TIME either returned or lasted until their
# task was killed. Calls that ended before TIME or began after TIME are not shown.
test_a_time_of_a_recording() {
	local end took pid middle opens
	command -v jq >/dev/null || skip "no jq"
	mkfifo f g
	# shellcheck disable=SC2016
	traced -q -T -w capture -- sh -c 'sh -c "echo \$\$ >child; exec cat g" & read -r x <f; echo "$x"; kill -KILL $!; wait; exec true' &
	case $(uname -m) in x86_64) opens=257 ;; aarch64) opens=56 ;; *) skip "no number of openat here" ;; esac
	wait_for [ -s child ]
	wait_for is_inside "$(cat child)" $opens
	echo line >f
	wait
	lx -q -r capture --format json 'linx.type in (openat, open)' -T
	jq -c 'select(.kind == "syscall" and (.args.filename.value? // .args.filename) == "f")' out >opens
	[ "$(wc -l <opens)" = 1 ] || broken "not one opening of the fifo: $(cat opens)"
	read -r end took pid < <(jq -r '"\(.time_ns / 1000 | floor) \(.duration_ns / 1000 | floor) \(.pid)"' opens)
	middle=$((end - took / 2))
	lx hung -r capture --over 1ns --to "@$(printf '%d.%06d' $((middle / 1000000)) $((middle % 1000000)))"
	is_status 0
	has out " $pid +$pid sh +(openat|open)\\(.*\"f\""
	lx hung -r capture --over 1ns --to "@$(printf '%d.%06d' $(((end + 1) / 1000000)) $(((end + 1) % 1000000)))"
	is_status 0
	lacks out "\"f\""
	has out " $(cat child) +$(cat child) cat +openat\\(.*\"g\""
	lx hung -r capture --over 1ns
	lacks out "\"[fg]\""
	refuses 2 "missing option: --to: write -r FILE, too" hung --to 10:00:00
	refuses 2 "not a time: --to soon: write 2025-06-12T09:43:49, 09:43:49, @SECONDS since 1970, or +5s from the beginning" hung -r capture --to soon
}

# A recording without entries does not show in which calls tasks were when it ended. linxcap prints for how many tasks
# that is not known.
test_a_recording_without_entries() {
	"$WORK/make_capture" 40 >capture
	lx hung -r capture
	is_status 0
	[ ! -s out ] || broken "something is shown"
	has err 'not known of [1-9][0-9]* tasks: the recording does not have the beginning of all calls: record with --entry$'
	has err '5 records were lost: '
	head -c $(($(wc -c <capture) - 100)) capture >cut
	lx hung -r cut
	is_status 1
	has err '5 records were lost: '
	has err 'cut off: cut: the end of the capture is missing; the calls are those inside at the last record$'
	refuses 1 "cannot read: none: No such file or directory" hung -r none
}

# A task that has the number of an earlier task, which has ended, is shown as a task of its own.
test_a_number_used_again() {
	"$WORK/make_capture" 0 reused >capture
	lx hung -r capture --over 500ms --to +3s
	is_status 0
	has out ' 100 +100 sleeper +nanosleep\('
}

# Events that the engine skipped are reported, and the account then is not complete.
test_skipped_events_are_said() {
	command -v jq >/dev/null || skip "no jq"
	"$WORK/make_capture" 20 skipped >capture
	lx hung -r capture --json
	is_status 0
	[ "$(jq -c '[.lost, .skipped, .cut_off, .complete]' out)" = '[5,42,false,false]' ] || broken "$(cat out)"
	has err 'the engine skipped up to 42 events: a call whose return was skipped may be shown$'
	"$WORK/make_capture" 20 >capture
	lx hung -r capture --json
	[ "$(jq -c '[.lost, .skipped, .cut_off, .complete]' out)" = '[5,0,false,true]' ] || broken "$(cat out)"
	lacks err skipped
	lacks err 'not complete'
}

# is_stuck PID: true if three threads of "traced mutex" wait at a futex.
is_stuck() {
	local futex
	case $(uname -m) in x86_64) futex=202 ;; aarch64) futex=98 ;; *) skip "no number of futex here" ;; esac
	[ "$(cat /proc/"$1"/task/*/syscall | grep -c "^$futex ")" = 3 ]
}

# The line of a futex call has the futex's address, and the other threads that wait at this address.
test_who_waits_at_a_futex() {
	local pid
	command -v jq >/dev/null || skip "no jq"
	"$WORK/traced" mutex &
	pid=$!
	wait_for is_stuck "$pid"
	watched --engine ptrace -p "$pid" --over 100ms -e futex
	is_status 0
	[ "$(grep -cE " futex\(0x[0-9a-f]+, .*  waits with [0-9]+, [0-9]+\$" out)" = 3 ] || broken "not three that wait"
	# the first linxcap has interrupted the calls, and the kernel restarts them
	wait_for is_stuck "$pid"
	watched --engine ptrace -p "$pid" --over 100ms -e futex --json
	jq -e '(.calls | length == 3) and ([.calls[].futex.address] | unique | length == 1) and ([.calls[].tid] | sort) as $all |
		all(.calls[]; ([.tid] + .futex.waiters | sort) == $all)' out >/dev/null || broken "$(cat out)"
	kill "$pid"
}

# are_inside PID CALL...: true if the threads of the process, in the order of their ids, are inside these calls.
are_inside() {
	local pid=$1 task calls=()
	shift
	for task in $(printf '%s\n' /proc/"$pid"/task/* | sort -V); do calls+=("$(cut -d ' ' -f 1 "$task/syscall")"); done
	[ "${calls[*]}" = "$*" ]
}

inside_or_ended() { are_inside "$@" || ! kill -0 "$1"; }

# The first thread waits at two futexes with one call. It waits with the threads that wait at one of these two, and they
# wait with it; the fourth thread waits alone. This holds for calls that began before linxcap did, and for a recording.
test_who_waits_at_several_futexes() {
	local pid futex second third calls='.calls | sort_by(.tid) | map(if .futexes then [.futexes[].waiters] else .futex.waiters end)'
	command -v jq >/dev/null || skip "no jq"
	case $(uname -m) in x86_64) futex=202 ;; aarch64) futex=98 ;; *) skip "no number of futex here" ;; esac
	"$WORK/traced" several &
	pid=$!
	wait_for inside_or_ended "$pid" 449 $futex $futex $futex
	kill -0 "$pid" 2>/dev/null || skip "this kernel has no futex_waitv"
	read -r second third _ < <(printf '%s\n' /proc/"$pid"/task/* | sort -V | sed '1d; s|.*/||' | tr '\n' ' ')
	watched --engine ptrace -p "$pid" --over 100ms -e futex,futex_waitv
	is_status 0
	has out " futex_waitv\(.*  waits with $second, $third\$"
	[ "$(grep -cE " futex\(.*  waits with $pid\$" out)" = 2 ] || broken "not two that wait with it"
	[ "$(grep -c 'waits with' out)" = 3 ] || broken "a stranger waits with them"
	wait_for watch_shows "$calls" "[[[$second],[$third]],[$pid],[$pid],[]]" || broken "$(cat out)"
	wait_for recording_shows "$calls" "[[[$second],[$third]],[$pid],[$pid],[]]" || broken "$(cat out)"
	kill "$pid"
}

# watch_shows JQ RESULT: true if a look at $pid shows this. The engine interrupts the calls, and on a busy machine one may
# not be made again yet.
watch_shows() {
	are_inside "$pid" 449 $futex $futex $futex || return 1
	watched --engine ptrace -p "$pid" --over 100ms -e futex,futex_waitv --json
	[ "$(jq -c "$1" out)" = "$2" ]
}

# recording_shows JQ RESULT: true if a short recording of $pid shows this at its end. The engine interrupts the calls, so
# that the recording has their beginnings; if it ends before that, it has none.
recording_shows() {
	lx --engine ptrace -q --entry --for 300ms -w capture -p "$pid"
	lx hung -r capture --over 1ns -e futex,futex_waitv --json
	[ "$(jq -c "$1" out)" = "$2" ]
}

# shows_copying PID: true if the process is shown inside its call, whose beginning was seen.
shows_copying() {
	watched --engine ptrace -p "$1" --over 1ns --for 300ms
	is_status 0
	grep -Eq "^ +[0-9.]+ (s|ms|us)  [01][0-9]-[0-3][0-9] [0-9:.]+ +$1 +$1 traced +sendfile\\(" out
}

# /proc does not show the call of a task that runs. The task is shown inside its call if the call's entry was recorded
# and its return was not.
test_a_call_that_needs_the_processor() {
	local pid
	"$WORK/traced" busy &
	pid=$!
	# at times the process is between two calls
	wait_for shows_copying "$pid"
	kill "$pid"
}

test_wrong_words() {
	refuses 2 "not a duration: --over soon: write a number and a unit, as 10s, 500ms, 2m or 1h" hung --over soon
	refuses 2 "not a duration: --over 0: write a number and a unit, as 10s, 500ms, 2m or 1h" hung --over 0
	refuses 2 "not together: -r and -p: it is for this machine, now" hung -r x -p 1
	refuses 2 "not together: -r and --for: it is for this machine, now" hung -r x --for 1s
	refuses 2 "no such engine: --engine none: write kmod, bpf, ptrace or auto" hung --engine none
	refuses 2 "unexpected word: now: 'linxcap hung' takes options alone" hung now
	refuses 2 "not a process id: -p cat: write numbers, as 12,345" hung -p cat
	lx hung --help
	is_status 0
	has out '^Usage: linxcap hung '
	[ "$(awk 'length > 80' out)" = "" ] || broken "wider than 80 columns"
}
