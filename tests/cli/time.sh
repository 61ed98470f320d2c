# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# --from, --to and --last: the output for a part of a recording equals that part of the output for the whole recording.

# recorded NAME: makes the capture NAME.linx of the fixtures.
recorded() { real_capture "$1" "$1.linx"; }

# moments FILE: sets $from and $to to seconds since 1970 at a quarter and at three quarters of the file's events.
moments() {
	lx -q -r "$1" -ttt
	from=$(awk '{ print $1 }' out | sort | sed -n "$(($(wc -l <out) / 4))p")
	to=$(awk '{ print $1 }' out | sort | sed -n "$(($(wc -l <out) * 3 / 4))p")
	[ "$from" ] && [ "$from" \< "$to" ] || broken "no part: '$from' to '$to'"
}

# is_part CAPTURE OPTION...: reads a capture whole, and then its part from $from to $to. The output for the part must be
# those lines of the whole output whose time is in the part. The time of a line is at its beginning or, in JSON, in the
# member time_ns.
is_part() {
	lx -q -r "$@"
	sed -E 's/^(\{.*"time_ns":([0-9]+)([0-9]{9}).*)/\2.\3 \1/' out |
		awk -v from="$from" -v to="$to" '/"kind":"certificate"/ { next } $1 >= from && $1 < to' >want
	[ "$(wc -l <want)" -gt 20 ] || broken "$*: only $(wc -l <want) lines"
	lx -q -r "$@" --from "@$from" --to "@$to"
	is_status 0
	is_silent
	sed -E 's/^(\{.*"time_ns":([0-9]+)([0-9]{9}).*)/\2.\3 \1/' out | grep -v '"kind":"certificate"' >got
	diff want got >differences || broken "$*: $(head -n 6 differences | cut -c1-300)"
}

# is_within CAPTURE OPTION...: expects that the lines for a part of the time, in strace's format, are some of the lines
# for the whole, in the same order. A call belongs to the part if it returned in that time, but its line has only the
# time at which it began. So this function, unlike is_part, cannot decide which lines the part must have.
is_within() {
	lx -q -r "$@"
	cp out whole
	lx -q -r "$@" --from "@$from" --to "@$to"
	is_status 0
	is_silent
	[ "$(wc -l <out)" -gt 20 ] || broken "$*: only $(wc -l <out) lines"
	diff whole out | grep '^>' && broken "$*: lines that the whole does not have"
	true
}

test_a_part_is_that_part_of_the_whole() {
	local name
	for name in 5.10 7.2; do
		recorded $name
		moments $name.linx
		is_part $name.linx -ttt
		is_part $name.linx -ttt -yy -v -T
		is_part $name.linx --format json
		is_part $name.linx --format json --entry --fds
		is_within $name.linx --format strace -ttt
		is_within $name.linx --format strace -ttt --entry
		is_part $name.linx --format json 'linx.ret >= 0'
		is_part $name.linx --format json -e status=successful
	done
}

# A part of the time that is written to a file has the events that are shown, and a table counts the same events.
test_a_part_in_a_file_and_in_a_table() {
	recorded 7.2
	moments 7.2.linx
	lx -q -r 7.2.linx --from "@$from" --to "@$to" --format json
	grep '"kind":"syscall"' out >want
	lx -q -r 7.2.linx --from "@$from" --to "@$to" -w part.linx
	is_status 0
	is_silent
	lx -q -r part.linx --format json
	grep '"kind":"syscall"' out | diff want - >differences || broken "$(head -n 4 differences | cut -c1-300)"
	lx -q -r part.linx -c
	cp out want
	lx -q -r 7.2.linx --from "@$from" --to "@$to" -c
	diff want out || broken "another table"
	lx -q -r 7.2.linx --from "@$from" --to "@$to" -n 5 --format json
	[ "$(grep -c '"kind":"syscall"' out)" = 5 ] || broken "not five of the part"
}

# Each view, flame graph and table of HTTP requests of a part is the same as that of a file that has only the part.
test_tables_of_a_part() {
	local command
	recorded 7.2
	moments 7.2.linx
	lx -q -r 7.2.linx --from "@$from" --to "@$to" -w part.linx
	for command in 'stat --view calls' 'stat --view processes' 'stat --view errors' 'stat --view files' 'stat --view connections' 'stat --view containers' \
		'stat --view slow' 'stat --view latency' 'stat --hist duration' 'stat --every 50ms' 'flame -q' 'flame -q --by count' 'http -q'; do
		# shellcheck disable=SC2086 # several words
		lx $command -r part.linx
		cp out want
		# shellcheck disable=SC2086
		lx $command -r 7.2.linx --from "@$from" --to "@$to"
		is_status 0
		diff want out >differences || broken "$command: $(head -n 4 differences)"
		[ "${command#stat}" = "$command" ] || [ -s out ] || broken "$command shows nothing"
	done
}

# The alerts for a part of the time (--from, --to) are exactly those that the whole recording raises in that time: rules
# also count the events before the part, alerts also report the losses before it, and the same alerts are folded.
test_alerts_of_a_part() {
	local options
	command -v jq >/dev/null || skip "no jq"
	"$WORK/make_capture" 400 >capture
	cat >rules.yaml <<-'END'
		- rule: Reads
		  desc: d
		  condition: evt.type = read
		  output: read by %proc.pid
		  priority: WARNING
		- linx_count: Many reads
		  rules: Reads
		  count: 7
		  within: 1s
		  output: "%linx.count reads"
		  priority: NOTICE
	END
	for options in '--rules rules.yaml' '--rules rules.yaml --alert-every 300ns' '--alert stdout linx.type=read' \
		'--alert stdout --alert-every 300ns --alert-output %linx.pid linx.type=read'; do
		# shellcheck disable=SC2086 # several words
		lx -q -r capture --alert-json $options
		jq -c 'select(.time >= "2023-11-14T22:13:20.000001605Z" and .time < "2023-11-14T22:13:20.000003333Z")' out >want
		[ "$(wc -l <want)" -gt 3 ] || broken "$options: only $(wc -l <want) alerts"
		# shellcheck disable=SC2086
		lx -q -r capture --alert-json --from @1700000000.000001605 --to 2023-11-14T22:13:20.000003333Z $options
		is_status 0
		jq -c . out | diff want - >differences || broken "$options: $(head -n 6 differences)"
	done
}

# make_capture makes 40 events, 10 ns apart. The first one is at 1700000000.0000001.
test_relative_times() {
	"$WORK/make_capture" 40 >capture
	shows() { # COUNT OPTION...
		lx -q -r capture --format json "${@:2}"
		is_status 0
		[ "$(grep -c '"kind":"syscall"' out)" = "$1" ] || broken "${*:2}: $(grep -c '"kind":"syscall"' out), not $1"
	}
	shows 40
	shows 35 --from +50ns
	shows 5 --to +50ns
	shows 10 --from +100ns --to +200ns
	shows 11 --last 100ns
	shows 40 --last 1h
	shows 40 --from +0
	shows 0 --from +1h
	export TZ=UTC
	shows 40 --from 22:13:20
	shows 30 --from 22:13:20.0000002
	shows 40 --to 22:13:21
	shows 40 --from 22:13:00 --to 22:14:00
	TZ=XYZ-3 shows 30 --from 01:13:20.0000002
	TZ=XYZ-3 shows 0 --from '2023-11-15 01:13:21'
	shows 30 --from 2023-11-15T01:13:20.0000002+03:00
	cat capture capture >two
	lx -q -r two --from +50ns --format json
	[ "$(grep -c '"kind":"syscall"' out)" = 70 ] || broken "of two sections $(grep -c '"kind":"syscall"' out)"
	# the account is that of the whole recording, and a part of the time without events is not an error
	lx -r capture --from +1h
	is_status 0
	[ ! -s out ] || broken "something is shown"
	has err '^linxcap: 45 selected, 40 committed, 40 delivered, 5 lost, 0 unread'
}

test_times_that_cannot_be() {
	"$WORK/make_capture" 40 >capture
	refuses 2 "impossible times: --to +1s: it is not after --from +1s" -r capture --from +1s --to +1s
	refuses 2 "impossible times: --to @5: it is not after --from @6.5" -r - --from @6.5 --to @5 <capture
	refuses 2 "not a time: --from yesterday: write 2025-06-12T09:43:49, 09:43:49, @SECONDS since 1970, or +5s from the beginning" \
		-r capture --from yesterday
	refuses 2 "missing file: --last: write -r FILE: a recording begins when linxcap does" --last 10s
	refuses 1 "err: not a linx capture file" -r err --last 10s
	lx -q -r - --from +50ns --format json <capture
	is_status 0
	[ "$(grep -c '"kind":"syscall"' out)" = 35 ] || broken "standard input"
	for words in '--last 10s' '--from +50ns' '--to 12:00:00'; do
		# shellcheck disable=SC2086 # several words
		lx -q -r - $words < <(cat capture)
		is_status 2
		has err "^linxcap: not in a pipe: ${words%% *}: where standard input begins and ends is not known: store it in a file"
	done
	lx -q -r - --from @1700000000.00000015 --format json < <(cat capture)
	is_status 0
	[ "$(grep -c '"kind":"syscall"' out)" = 35 ] || broken "a pipe"
}

# The end of a recording that is cut off is the place where it is cut.
test_the_last_of_what_is_there() {
	recorded 7.2
	head -c $(($(wc -c <7.2.linx) - 5000)) 7.2.linx >cut
	lx -q -r cut --format json
	is_status 1
	sed -nE 's/.*"time_ns":([0-9]+).*/\1/p' out | sort | tail -n 1 >last
	lx -q -r cut --format json --last 1ns
	is_status 1
	has out '"kind":'
	lx -q -r cut --format json --last 1h
	[ "$(sed -nE 's/.*"time_ns":([0-9]+).*/\1/p' out | sort | tail -n 1)" = "$(cat last)" ] || broken "another end"
}

test_live_until_a_time() {
	fake --to +1s
	is_status 0
	has out '^event 1$'
	has err 'selected, .* 0 lost, 0 unread: complete$'
	fake --to "@$(($(date +%s) + 2))"
	is_status 0
	has out '^event 10$'
	fake --to "$(date -d '+2 seconds' +%H:%M:%S)"
	is_status 0
	has out '^event 10$'
	fake --to +1h --for 300ms
	is_status 0
	has err 'complete$'
	fake --to 2023-11-15T01:13:20Z
	is_status 2
	says "already over: --to 2023-11-15T01:13:20Z: write a time to come"
	[ ! -e log ] || lacks log '^open'
}
