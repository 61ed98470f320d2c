# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# -r: capture files that are whole, cut off, damaged, or no captures.

# capture COUNT: makes a capture of COUNT calls in the file "capture".
capture() { "$WORK/make_capture" "$1" >capture; }

# one_line STATUS PATTERN: expects the exit status, and that standard error is one line that matches.
one_line() {
	is_status "$1"
	[ "$(wc -l <err)" = 1 ] || broken "not one line"
	has err "^linxcap: .*$2"
	[ ! -s out ] || broken "something was shown"
}

# summed FILE: prints calls and errors of a summary table, by name.
summed() { awk '/^ *[0-9]/ && $NF != "total" { print $NF, $4, NF == 6 ? $5 : 0 }' "$1" | sort; }

# A capture has sections of two machines, x86_64 and arm64: call numbers mean other calls in the second section, and
# calls of the same name count separately.
test_sections_of_two_machines() {
	command -v jq >/dev/null || skip "no jq"
	capture 40
	"$WORK/make_capture" 20 arm64 >>capture
	lx -q -r capture -c
	is_status 0
	summed out >found
	printf '%s\n' 'close 10 4' 'close 20 7' 'read 10 3' 'read 20 7' | diff - found || broken "$(cat out)"
	[ "$(grep '^System' out)" = 'System call usage summary for arm64 mode:' ] || broken "$(cat out)"
	lx -q -r capture --stats=stats
	[ "$(jq -c --stream 'select(length == 2 and .[0][0] == "calls" and .[0][2] == "delivered") | [.[0][1], .[1]]' stats |
		sort | tr '\n' ' ')" = '["arm64:close",10] ["arm64:read",10] ["close",20] ["read",20] ' ] || broken "$(cat stats)"
	"$WORK/make_capture" 20 arm64 >alone
	lx -q -r alone -c
	lacks out '^System'
	lx -q -r alone --stats=stats
	has stats '"read":\{.*"abi":"arm64"'
}

# Tests --comm, --cgroup and --container together with a condition, and invalid combinations.
test_whose_calls() {
	capture 40
	lx -q -r capture --comm none
	lacks out read
	lx -q -r capture --container 4f5a --cgroup /docker 'linx.type = read or linx.type = close'
	is_status 0
	lacks out read
	for wrong in '--comm a_name_that_is_too_long' '--cgroup ssh' '--container a"b' '--cgroup / '; do
		# shellcheck disable=SC2086 # several words, each of which is an argument
		lx -q -r capture $wrong
		is_status 2
	done
	lx -q -r capture -w piece --container 4f5a
	is_status 0
	lx -q -r piece
	lacks out read
}

# The filtered copy of a capture ("piece") has the events that the filter shows, and reports that events were left out.
# The same is true of a copy of the piece, and of the piece filtered again. Records that were left out do not count as
# lost; only JSON has enough data to check that.
test_a_piece_of_a_capture() { # full
	local from filter cut=0
	command -v jq >/dev/null || skip "no jq"
	for from in 5.10 7.2; do
		real_capture $from $from
		for filter in linx.type=openat 'linx.ret<0' 'linx.comm=sh or linx.type=read'; do
			lx -q -r "$from" --format json "$filter"
			grep -v '"kind":"certificate"' out >want
			lx -q -r "$from" -w piece "$filter"
			is_status 0
			[ ! -s err ] || broken "$(cat err)"
			lx -q -r piece -w again "$filter"
			lx -q -r piece -w copy
			for file in piece again copy; do
				lx -q -r $file --format json "$filter"
				grep -v '"kind":"certificate"' out | cmp - want || broken "$from, $filter: $file shows something else"
			done
			lx -q -r piece --format json
			[ "$(grep -c '"kind":"syscall"' out)" = "$(grep -c '"kind":"syscall"' want)" ] || broken "something else is in it"
			"$LINX_ROOT/docs/examples/check_json.py" out >sums || broken "$(cat sums)"
			cut=$((cut + $(jq 'select(.kind == "certificate") | .left_out // 0' out)))
		done
	done
	[ $cut -gt 100 ] || broken "only $cut records were left out"
	lx -r piece -c
	has err "$(grep -o '"left_out":[0-9]*' out | head -n 1 | tr -dc 0-9) left out by FILTER: complete"
	lx -r piece -w piece linx.type=read
	is_status 2
	has err '^linxcap: the same file: piece and piece'
	capture 40
	lx -q -r capture -w /dev/full linx.type=read
	is_status 1
	has err '^linxcap: cannot write: /dev/full: No space left on device'
}

# The first calls of a capture are a capture with an account, of which the other calls are left out.
test_the_first_calls() {
	local n
	command -v jq >/dev/null || skip "no jq"
	real_capture 7.2 cap
	lx -q -r cap --format json
	grep '"kind":"syscall"' out >all
	for n in 1 7 "$(wc -l <all)"; do
		lx -q -r cap -n "$n" -w first
		is_status 0
		lx -r first --format json
		is_status 0
		has err ': complete$'
		grep '"kind":"syscall"' out | cmp - <(head -n "$n" all) || broken "other calls"
		"$LINX_ROOT/docs/examples/check_json.py" out >sums || broken "$(cat sums)"
	done
	# a shown text still ends at once
	lx -q -r cap -n 2
	[ "$(wc -l <out)" = 2 ] || broken "$(cat out)"
}

# Events that an engine skipped are part of no counted loss, so the account is not complete.
test_skipped() {
	command -v jq >/dev/null || skip "no jq"
	"$WORK/make_capture" 20 skipped >capture
	lx --stats=stats -r capture
	is_status 0
	has err '^linxcap: 25 selected, 20 committed, 20 delivered, 5 lost, 0 unread: INCOMPLETE: the engine skipped events$'
	has err '^linxcap: skipped: at most 42 events, before selection and filters: nothing else is known of them$'
	[ "$(jq -c '[.complete, .skipped, .cpus[].skipped]' stats)" = '[false,42,2,40]' ] || broken "$(cat stats)"
	lx -q --format json -r capture
	[ "$(jq -c 'select(.kind == "certificate") | [.complete, .skipped]' out)" = '[false,42]' ] || broken "$(tail -n 1 out)"
	capture 20
	lx --stats=stats -r capture
	lacks err skipped
	lacks stats skipped
}

# The summary counts the calls that are printed as events, with any selection. It has one table for each ABI.
test_summary() {
	local words
	real_capture 7.2 cap
	for words in '-e all' '-e openat,read' '-P /etc/passwd' 'linx.res < 0' 'linx.type = openat and linx.comm = cat'; do
		# shellcheck disable=SC2086
		lx -q --format json -r cap $words
		jq -r 'select(.kind == "syscall" and .ret != null) | "\(.abi == "i386") \(.syscall) \(if .errno then 1 else 0 end)"' out |
			awk '{ calls[$1 " " $2]++; errors[$1 " " $2] += $3 }
				END { for (c in calls) { split(c, w); print w[2], calls[c], errors[c] } }' | sort >want
		[ -s want ] || broken "$words: nothing to compare"
		# shellcheck disable=SC2086
		lx -c -r cap $words
		is_status 0
		[ "$(wc -l <err)" -le 3 ] || broken "$words: $(cat err)"
		summed out >found
		diff want found || broken "$words: not the same"
	done
	# The capture was recorded without -T: only calls with an entry record have a duration.
	lx -q -c -r cap -e read,write
	is_status 0
	says 'without a time in the table: 14 calls: record with -T to have it'
	lx -q -c -r cap -e openat -o table
	is_silent
	lx -q -c -r cap -o table
	[ ! -s out ] || broken "something is on standard output"
	has table '^System call usage summary for 32 bit mode:$'
	lx -q -c -r cap -e none
	is_silent
	[ ! -s out ] || broken "a table of nothing"
}

test_missing_file() {
	refuses 1 "cannot read: none: No such file or directory" -r none
}

# The name of a file is printed without control characters, and cannot look like a line of linxcap's own.
test_name_that_is_no_text() {
	refuses 1 'cannot read: no\n\33[31mlinxcap: "grün" \233\: No such file or directory' \
		-r $'no\n\e[31mlinxcap: "grün" \x9b\\'
	echo '{"a\n": 1}' >$'c\e[1m'
	lx config check $'c\e[1m'
	lacks out $'\e'
	lacks err $'\e'
	has err '^linxcap: .*c\\33\[1m'
}

test_not_a_capture() {
	: >empty
	lx -r empty
	one_line 1 empty
	head -c 100000 "$LINXCAP" >junk
	lx -r junk
	one_line 1 junk
	lx -r /dev/null
	one_line 1 /dev/null
	lx -r .
	one_line 1 '\.'
	lx -r - <junk
	one_line 1 'standard input'
}

test_whole() {
	capture 20
	lx -r capture --format json
	is_status 0
	[ "$(grep -c '"kind":"syscall"' out)" = 20 ] || broken "not 20 calls"
	[ "$(grep -c '"syscall":"close"' out)" = 10 ] || broken "not 10 of close"
	has err '^linxcap: 25 selected, 20 committed, 20 delivered, 5 lost, 0 unread: not all, but each one accounted for$'
	has err '^linxcap: lost: 5 full: '
	cp out all
	lx -q -r - --format json <capture
	is_status 0
	is_silent
	cmp all out || broken "from a pipe it is another one"
	lx -q -r capture -o file --format json
	cmp all file || broken "-o writes another one"
}

# A file that would exceed the size limit is reported as an error, and no signal kills the command.
test_limited_file() {
	capture 2000
	(
		ulimit -f 4
		lx -q -r capture -o file
		is_status 1
		says "cannot write: file: File too large: what was written before is intact"
		[ "$(tail -c 1 file | od -An -c | tr -d ' ')" = '\n' ] || broken "a line is cut"
		lx list --json
		is_status 1
		says "cannot write: standard output: File too large"
	)
}

test_less() {
	capture 20
	lx -q -r capture -n 3 --format json
	is_status 0
	[ "$(grep -c '"kind":"syscall"' out)" = 3 ] || broken "-n"
	lx -q -r capture -e close --format json
	is_status 0
	[ "$(grep -c '"kind":"syscall"' out)" = 10 ] || broken "-e"
	lacks out '"syscall":"read"'
	lx -r capture -e clsoe
	is_status 2
	has err '^linxcap: .*clsoe.*close'
	[ "$(wc -l <err)" = 1 ] || broken "not one line"
}

test_formats() {
	local format
	capture 20
	for format in text strace; do
		lx -q -r capture --format $format
		is_status 0
		[ "$(grep -c 'close(.*)' out)" = 10 ] || broken "$format"
		lacks out $'\033'
		lx -q -r capture --format $format --color=always -T -ttt -v -s 4
		is_status 0
	done
}

test_stats_of_a_file() {
	command -v jq >/dev/null || skip "no jq"
	capture 20
	lx -q -r capture --stats=stats
	[ "$(jq -c '[.selected, .committed, .delivered, .lost.full, .unread, .complete, .events]' stats)" = \
		'[25,20,20,5,0,true,20]' ] || broken "$(cat stats)"
	[ "$(jq -c '[.cpus[] | .selected]' stats)" = '[15,10]' ] || broken "$(cat stats)"
	[ "$(jq -c '.calls.close | [.delivered, .abi]' stats)" = '[10,"x86_64"]' ] || broken "$(cat stats)"
}

# An option must not overwrite the file that is read or recorded.
test_the_same_file_twice() {
	capture 20
	cp capture before
	ln capture other
	refuses 2 "the same file: capture and ./other: write the text to another" -r capture -o ./other
	refuses 2 "the same file: --stats=other and capture: write the counters to another" -r capture --stats=other
	"$LINXCAP" -r capture >>capture 2>err && broken "status 0"
	says "the same file: capture and standard output: write the text to another"
	"$LINXCAP" -r - <capture >>capture 2>err && broken "status 0"
	cmp before capture || broken "the capture is another one"
	fake -w new --stats=new
	is_status 2
	says "the same file: --stats=new and new: write the counters to another"
	[ ! -e new ] || broken "made for nothing"
	lx -q -r capture -o /dev/null --stats=/dev/null
	is_status 0
}

test_cut_off() {
	local size cut
	capture 200
	size=$(stat -c %s capture)
	for cut in 1 8 100 200; do
		head -c $((size - cut)) capture >short
		lx -r short
		is_status 1
		has err '^linxcap: cut off: short: the end of the capture is missing'
		has err '^linxcap: 200 delivered: cut off: the account at the end of the capture is missing$'
	done
	# All events before the place at which the file is cut off are shown.
	head -c $((size - 8)) capture >short
	lx -q -r short --format json
	[ "$(grep -c '"kind":"syscall"' out)" = 200 ] || broken "not all that is there"
	"$LINXCAP" -q -r - <short >out 2>err && broken "status 0"
	has err '^linxcap: cut off: standard input: '
	# The file has only half of a header.
	head -c 300 capture >short
	lx -r short
	one_line 1 short
}

test_damaged() {
	local size
	capture 200
	size=$(stat -c %s capture)
	printf 'XXXX' | dd of=capture bs=1 seek=$((size - 3000)) conv=notrunc 2>/dev/null
	lx -q -r capture
	is_status 1
	[ "$(wc -l <err)" = 1 ] || broken "not one line"
	has err '^linxcap: .*capture.*damaged'
}

# All intact data is shown with --salvage, and one line reports the damage.
test_salvaged() {
	local size
	capture 200
	size=$(stat -c %s capture)
	printf 'XXXX' | dd of=capture bs=1 seek=$((size - 3000)) conv=notrunc 2>/dev/null
	lx -q -r capture --format json
	is_status 1
	! grep -q '"kind":"certificate".*"cut_off":false' out || broken "it is not damaged before its end"
	lx -q -r capture --salvage --format json
	is_status 1
	[ "$(wc -l <err)" = 1 ] || broken "not one line: $(cat err)"
	has err '^linxcap: damaged: capture: 1 place, the first at offset [0-9]+: [0-9]+ bytes are no blocks and were left out'
	tail -n 1 out | grep -q '"kind":"certificate".*"cut_off":false' || broken "its end is missing"
	lx --salvage -- true
	is_status 2
	has err '^linxcap: missing file: --salvage: '
}

test_several_sections() {
	capture 10
	cat capture capture >two
	lx -r two --format json
	is_status 0
	[ "$(grep -c '"kind":"syscall"' out)" = 20 ] || broken "not both"
	has err '^linxcap: 30 selected, 20 committed, 20 delivered, 10 lost, 0 unread'
}

test_prompt_from_a_pipe() {
	capture 20
	mkfifo pipe
	"$LINXCAP" -q -r pipe --format json >out 2>err &
	pid=$!
	exec 8>pipe
	head -c -8 capture >&8
	# The capture has not ended yet, but the events so far must be shown.
	wait_for grep -q '"syscall":"close"' out
	kill -INT "$pid"
	fake_end
	exec 8>&-
	is_status 0
	is_silent
}

# The options that the kernel applies to a live recording are applied to a file by the library. The shown events are
# those that jq selects from the whole file. A filtered copy of the file (-w) has the same calls.
test_filters_of_a_kernel() { # full
	local from pid uid left='select(.kind != "certificate")' n=0
	command -v jq >/dev/null || skip "no jq"
	for from in 5.10 7.2; do
		real_capture $from $from
		lx -q -r $from --format json
		jq -c "$left" out >all
		pid=$(jq -r 'select(.kind == "fork") | .pid' all | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')
		uid=$(jq -r .uid all | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')
		# Descendants are found by the recorded forks.
		jq -r 'select(.kind == "fork") | "\(.pid) \(.child_pid)"' all |
			awk -v root="$pid" 'BEGIN { of[root] } $1 in of { of[$2] } END { for (p in of) print p }' |
			jq -sc . >family
		while IFS=$'\t' read -r words which; do
			jq -c --slurpfile of family "select($which)" all >want
			# shellcheck disable=SC2086 # several words, each of which is an argument
			lx -q -r $from --format json $words
			is_status 0
			jq -c "$left" out | cmp - want || broken "$from, $words: something else"
			# shellcheck disable=SC2086
			lx -q -r $from -w piece $words
			lx -q -r piece --format json
			jq -c 'select(.kind == "syscall")' out >piece.calls
			jq -c 'select(.kind == "syscall")' want | cmp - piece.calls || broken "$from, $words: another piece"
			n=$((n + $(wc -l <want)))
		done <<-END
			-u $uid	.uid == $uid
			-u 54321	false
			-e status=failed	.kind != "syscall" or .errno
			-e status=successful	.kind != "syscall" or (.ret != null and .errno == null)
			--min-duration 1us	.kind != "syscall" or (.ret != null and (.duration_ns // 0) >= 1000)
			-p $pid	.pid == $pid
			-p $pid,1	.pid == $pid or .pid == 1
			-p $pid -f	.pid as \$p | \$of[0] | index(\$p)
			-p $pid -f linx.type=openat	.syscall == "openat" and (.pid as \$p | \$of[0] | index(\$p))
			-p $pid -f -e status=failed -u $uid	(.kind != "syscall" or .errno) and .uid == $uid and (.pid as \$p | \$of[0] | index(\$p))
		END
	done
	[ $n -gt 500 ] || broken "only $n events"
	lx -q -r 7.2 -p 1 -- true
	is_status 2
}

test_durations_that_are_not_there() {
	capture 40
	lx -q -r capture --min-duration 1ms
	is_status 0
	has err '^linxcap: --min-duration: [0-9]+ of [0-9]+ calls in capture have no duration, and are left out: record with -T$'
	[ "$(wc -l <err)" = 1 ] || broken "not one line"
}
