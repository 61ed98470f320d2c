# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# A live trace from beginning to end, with a source that needs no module.

# Prints the first word of each line of the log, all in one line.
order() { sed 's/ .*//' log | tr '\n' ' '; }

test_count() {
	fake -n 3
	is_status 0
	[ "$(cat out)" = "$(printf 'event %s\n' 1 2 3)" ] || broken "not three events"
	says "6 selected, 6 committed, 3 delivered, 0 lost, 3 unread: not all, but each one accounted for"
	[ "$(order)" = "open filter printer start stop certificate close " ] || broken "order: $(order)"
}

test_time() {
	fake --for 300ms
	is_status 0
	has out '^event 10$'
	has err 'selected, .* 0 lost, 0 unread: complete$'
}

test_options_reach_the_library() {
	fake -n 1 -q -s 6000 -T --env -e read,write -e status=failed -u 0 --entry --buffer 64K
	has log '^open mode=0 ring=65536 bytes=6000 str=6000 times=1 env=1 alone=0 '
	has log '^select read,write$'
	has log '^entries 1$'
	has log '^filter status=1 uid=1:0 min=0 pids=0 follow=0$'
	has log '^printer format=0 colour=0 verbose=0 durations=1 times=0 limit=6000 width=0$'
	is_silent
	fake -n 1 -q --format json --cmdline 1000 --fds-limit 2000
	has log '^bounds cmdline=1000 fds=2000$'
	fake -n 1 -q --min-duration 1ms --format json -v -tt
	has log '^open mode=0 ring=0 bytes=0 str=0 times=1 env=1 alone=0 '
	has log ' min=1000000 '
	has log '^printer format=2 colour=0 verbose=1 durations=0 times=2 '
	fake -n 1 -q -s 200
	has log ' bytes=200 str=0 '
	lacks log '^engine'
	fake -n 1 -q --engine auto
	lacks log '^engine'
	fake -n 1 -q --engine bpf
	has log '^engine bpf$'
}

test_what_the_library_refuses() {
	FAKE=absent fake
	is_status 1
	says "no module: fake ('linxcap doctor' looks for the cause)"
	FAKE=deaf fake --buffer 1G
	is_status 2
	says "impossible size: fake"
	FAKE=attached fake -p $$
	is_status 1
	says "no such process: -p $$: ps(1) lists those that there are"
}

# Operations of io_uring that cannot be recorded do not appear in the account. One warning is printed: when a traced
# program makes a ring, or at once if that would not be seen, such as when the calls that make a ring are not selected.
test_io_uring_is_not_recorded() {
	local text='not recorded: operations of io_uring: engine kmod cannot on kernel 5.17.0-fake'
	grep -q ' [^ ]*sys_io_uring_setup$' /proc/kallsyms || skip "this kernel has no io_uring"
	FAKE=ringless fake -q -n 1 -- sleep 0.1
	is_status 0
	is_silent
	FAKE='ringless ringed' fake -q -n 5 -- sleep 0.1
	says "$text"
	FAKE=ringless fake -q -n 1 -e read -- sleep 0.1
	says "$text"
	FAKE=ringless fake -q -w f -C 1M --for 100ms
	says "$text"
	# No warning is printed if no operation is selected.
	FAKE='ringless ringed' fake -q -n 1 --format strace
	is_silent
	FAKE='ringless ringed' fake -q --for 100ms --config '{"drop_mode": true}'
	is_silent
	FAKE= fake -q -n 1
	is_silent
	FAKE=ringless fake doctor
	has out '^warning +trial +a system call was recorded; of io_uring the module can record nothing on kernel 5\.17\.0-fake$'
	has out '^ +> boot Linux 6\.0 or newer'
	fake doctor
	has out '^ok +trial '
}

# The summary counts like strace: the CPU time of a task, or with -T the durations of calls.
test_summary() {
	fake -q -c -n 3 -o table
	is_status 0
	is_silent
	[ ! -s out ] || broken "something is on standard output"
	has log '^open .* times=0 .* cpu=1$'
	# with -n 3 only three events are counted
	is_table_of_three table
	fake -q -cT -n 2
	has log '^open .* times=1 .* cpu=0$'
	has out '^100\.00    0\.004000        2000         2           read$'
	FAKE=ringless fake -q -c -n 1 -- true
	is_silent
	has out ' read$'
	fake -c -n 1
	has err '^linxcap: the table of calls is on standard output$'
	has err '^linxcap: 4 selected, 4 committed, 1 delivered, 0 lost, 3 unread: not all, but each one accounted for$'
	[ "$(wc -l <err)" = 2 ] || broken "more than the table's place and the account"
	fake -c -n 1 -o table
	says '4 selected, 4 committed, 1 delivered, 0 lost, 3 unread: not all, but each one accounted for'
	fake -q -c -n 2 --config '{"putfile": true, "format": "json"}'
	has linx.log ' 2           read$'
	refuses 2 'not together: -c and --format: the summary has a form of its own' -c --format json
	refuses 2 'not together: -w and -c: record with -w, then read the file with -r' -c -w f
}

test_attach_ends_with_the_process() {
	local pid
	sleep 10000 &
	pid=$!
	(wait_for grep -q '^event 10$' out && kill "$pid") &
	fake -q -f -p "$pid"
	is_status 0
	has log '^filter .* pids=1 follow=1$'
	has out '^event 10$'
}

test_command_status() {
	fake -q -o /dev/null -- sh -c 'exit 7'
	is_status 7
	fake -q -o /dev/null -- true
	is_status 0
	has log '^filter .* pids=1 follow=1$'
	[ "$(order)" = "open filter printer start skip pid stop certificate close " ] || broken "order: $(order)"
}

test_command_killed() {
	# shellcheck disable=SC2016
	bash -c 'LD_PRELOAD=$1/fake.so "$2" -q -o /dev/null -- sh -c "kill -TERM \$\$"; echo $?' \
		bash "$WORK" "$LINXCAP" >out 2>err
	[ "$(cat out)" = 143 ] || broken "status $(cat out)"
	LD_PRELOAD=$WORK/fake.so "$LINXCAP" -q -o /dev/null -- sh -c 'kill -KILL $$' &
	status=0
	wait $! || status=$?
	is_status 137
}

test_command_gets_what_it_had() {
	export CANARY=yes
	fake -q -o trace -- sh -c 'echo $CANARY; cat; kill -PIPE $$' <"$LINX_ROOT/dkms.conf"
	# SIGPIPE kills the command, as it does without linxcap
	is_status 141
	[ "$(head -n 1 out)" = yes ] || broken "environment"
	has out PACKAGE_VERSION
	fake -q -o trace -- ls /proc/self/fd
	ls /proc/self/fd >without 2>/dev/null
	cmp out without || broken "descriptors differ: $(cat out without)"
	fake -q -o trace -- grep -E '^Sig(Blk|Ign)' /proc/self/status && cp out with
	grep -E '^Sig(Blk|Ign)' /proc/self/status >without
	cmp with without || broken "signals differ: $(cat with without)"
}

test_command_that_is_no_program() {
	printf 'no program' >junk
	chmod +x junk
	fake -- ./junk
	is_status 126
	says "cannot execute: ./junk: Exec format error"
	printf '#!/no/such/interpreter\n' >junk
	fake -- ./junk
	is_status 126
	says "cannot execute: ./junk: No such file or directory"
}

test_command_left_by_a_limit() {
	fake -q -n 2 -o trace -- sh -c 'sleep 0.5; echo done >after'
	is_status 0
	[ ! -e after ] || broken "it was waited for"
	wait_for test -e after
}

test_interrupt_ends_cleanly() {
	local sig
	for sig in INT TERM HUP; do
		fake_start -o trace
		wait_for grep -q 'event 3' trace
		kill -$sig "$pid"
		fake_end
		is_status 0
		has err ' 0 lost, 0 unread: complete$'
		[ "$(order)" = "open filter printer start stop certificate close " ] || broken "order: $(order)"
	done
}

test_output_is_prompt() {
	fake_start -o trace
	wait_for grep -q 'event 1' trace
	kill -INT "$pid"
	fake_end
	is_status 0
}

test_terminate_passes_to_the_command() {
	fake_start -q -o trace -- sh -c 'trap "exit 9" TERM; while :; do sleep 0.05; done'
	wait_for grep -q 'event 3' trace
	sleep 0.2
	kill -TERM "$pid"
	fake_end
	is_status 9
}

test_second_interrupt_leaves_the_command() {
	fake_start -o trace -- sh -c 'trap "" INT; sleep 1; echo done >after'
	wait_for grep -q 'event 3' trace
	sleep 0.2
	kill -INT "$pid"
	sleep 0.2
	kill -0 "$pid" || broken "the first one ended it"
	kill -INT "$pid"
	fake_end
	is_status 130
	has err 'complete$'
	wait_for test -e after
}

test_closed_pipe() {
	local before
	FAKE=flood
	before=$SECONDS
	LD_PRELOAD=$WORK/fake.so FAKE=flood "$LINXCAP" 2>err | head -n 2 >out
	status=${PIPESTATUS[0]}
	is_status 0
	is_silent
	[ $((SECONDS - before)) -lt 10 ] || broken "too slow"
	# From here on the pipe has no reader from the beginning.
	mkfifo pipe
	exec 4<>pipe 5>pipe 4>&-
	# a failed write may be noticed only at the end, when all output is flushed
	status=0
	LD_PRELOAD=$WORK/fake.so "$LINXCAP" -- sh -c 'exec >&-; exit 5' 2>err >&5 || status=$?
	is_status 0
	is_silent
	LD_PRELOAD=$WORK/fake.so "$LINXCAP" -w - 2>err >&5 || status=$?
	is_status 0
	is_silent
	exec 5>&-
}

test_full_disk() {
	FAKE=flood fake -o /dev/full
	is_status 1
	has err '^linxcap: cannot write: /dev/full: No space left on device: what was written before is intact$'
	fake -w /dev/full
	is_status 1
	has err '^linxcap: cannot write: /dev/full: No space left on device: '
	# An output file that a size limit stops has only whole lines.
	(
		ulimit -f 100
		FAKE=flood fake -q -o trace
		is_status 1
		has err '^linxcap: cannot write: trace: File too large: '
		[ "$(tail -c 1 trace | od -An -c | tr -d ' ')" = '\n' ] || broken "a line is cut"
	)
}

# A network file system may report a full disk only at close(2).
test_full_when_closed() {
	FAKE=quota fake -q -n 3 -o trace
	is_status 1
	says "cannot write: trace: Disk quota exceeded: what was written before is intact"
	FAKE=quota fake -q -n 3 -w capture
	is_status 1
	says "cannot write: capture: Disk quota exceeded: what was written before is intact"
	FAKE=quota fake -q -n 3 -o /dev/null --stats=stats
	is_status 1
	says "cannot write: stats: Disk quota exceeded"
	FAKE=quota fake strace --syscall-limit=1 -o lines true
	is_status 1
	says "cannot write: lines: Disk quota exceeded"
	FAKE=quota fake strace --syscall-limit=1 -ff -o each true
	is_status 1
	says "cannot write: each: Disk quota exceeded"
}

test_reader_that_does_not_read() {
	mkfifo pipe
	sleep 30 <pipe &
	local reader=$!
	FAKE=flood
	LD_PRELOAD=$WORK/fake.so FAKE=flood FAKE_LOG=$PWD/log "$LINXCAP" -q >pipe 2>err &
	pid=$!
	wait_for grep -q '^start' log
	sleep 0.3
	kill -INT "$pid"
	fake_end
	kill "$reader"
	is_status 1
	says "nobody reads: standard output: the rest was not written"
}

test_nothing_to_wait_for() {
	FAKE=unwatched fake -q
	is_status 1
	says "cannot wait for events: Too many open files"
	FAKE=unwatched fake -q -w f
	is_status 1
	says "cannot wait for events: Too many open files"
}

# A supervisor may start linxcap with signals blocked: the end of the command is noticed nevertheless.
test_signals_that_were_blocked() {
	status=0
	"$LIMIT_PROGRAM" 60 env --block-signal=CHLD LD_PRELOAD="$WORK/fake.so" FAKE_LOG="$PWD/log" "$LINXCAP" -q -- \
		sh -c 'kill -USR1 $$' >out 2>err || status=$?
	is_status 138
}

test_losses_are_reported_when_they_happen() {
	FAKE=lossy fake_start -o trace
	wait_for grep -q '^linxcap: lost [0-9]* events, [0-9]* in all: [0-9]* full: use a larger --buffer' err
	kill -INT "$pid"
	fake_end
	is_status 0
	has err '^linxcap: [0-9]+ selected, .*: not all, but each one accounted for$'
	has err '^linxcap: lost: [0-9]+ full: use a larger --buffer'
	[ "$(grep -c '^linxcap: lost [0-9]* events' err)" -le 3 ] || broken "more than one line a second"
	FAKE=lossy fake -q -n 3
	tail -n 1 err | grep -qE '^linxcap: lost [12]0 events, 30 in all: 30 full: use a larger --buffer, or select less with -e$' ||
		broken "the sum is missing"
}

test_recorder_dumps() {
	fake_start --mode recorder -q -o trace
	kill -USR1 "$pid"
	wait_for grep -q '^dump' log
	kill -INT "$pid"
	fake_end
	is_status 0
	[ "$(order)" = "open filter printer start dump stop certificate close " ] || broken "order: $(order)"
}

# Hidden events take calls of linx_next() during which the descriptor is not readable. At the end of a recording the
# command must not take that for a standstill.
test_recorder_hides_much() {
	FAKE=hidden fake_start --mode recorder -q
	kill -USR1 "$pid"
	wait_for grep -q '^event 3$' out
	kill -INT "$pid"
	fake_end
	is_status 0
	is_silent
	has out '^event 6$'
}

test_user_signal_otherwise() {
	fake_start -o trace
	kill -USR1 "$pid"
	fake_end
	is_status 138
}

test_files_are_private() {
	umask 0
	fake -q -n 1 -o trace
	fake -q -n 1 -w capture --stats=stats
	[ "$(stat -c %a trace capture stats | sort -u)" = 600 ] || broken "modes: $(stat -c %a trace capture stats)"
	has capture '^end$'
	# An existing file keeps its permissions.
	: >made && chmod 640 made
	fake -q -n 1 -w made
	[ "$(stat -c %a made)" = 640 ] || broken "mode: $(stat -c %a made)"
	fake -q -n 1 -w capture
	[ "$(order)" = "open filter writer start stop finish certificate close " ] || broken "order: $(order)"
}

# If no module is loaded, a command is traced by ptrace(2). The engine bpf is used if ptrace cannot record what the
# options ask for, or if there is no command. One line names the engine.
test_choice_of_the_engine() {
	local line='recording by ptrace; the module is not loaded (modprobe linx)'
	FAKE=bare fake -n 1 -o trace -- sleep 0.1
	is_status 0
	[ "$(head -n 1 err)" = "linxcap: $line" ] || broken "another line"
	[ "$(grep -c 'recording by\|engine\|module' err)" = 1 ] || broken "more than one line"
	[ "$(grep -c '^engine' log)$(grep '^engine' log)" = '1engine ptrace' ] || broken "another engine: $(cat log)"
	for other in '--fds --format json -- sleep 0.1' "-p $$" ''; do
		# shellcheck disable=SC2086 # several words, each of which is an argument
		FAKE=bare fake -n 1 -o trace $other
		has err '^linxcap: recording by eBPF; the module is not loaded \(modprobe linx\)$'
		[ "$(grep '^engine' log | tail -n 1)" = 'engine bpf' ] || broken "$other: $(cat log)"
	done
	FAKE='bare guarded' fake -n 1 -p $$ -o trace
	has err '^linxcap: recording by ptrace; the module is not loaded \(modprobe linx\); engine bpf: no permission: fake$'
	FAKE='bare guarded' fake -n 1 -o trace
	is_status 1
	says "no module: fake ('linxcap doctor' looks for the cause)"
	FAKE=bare fake -q -n 1 -o trace -- sleep 0.1
	is_silent
	# All files of a recording are made by the same engine.
	FAKE=bare fake -q -w f -C 1M --for 100ms -- sleep 0.2
	lacks log '^engine bpf'
	fake -n 1 -o trace -- sleep 0.1
	lacks err 'recording by'
}

# A wrong word on the command line is reported before an engine is opened or a command begins.
test_mistakes_before_an_engine() {
	local words
	printf 'nonsense' >bad
	while read -r words; do
		eval "fake $words -- touch made"
		is_status 2
		[ "$(wc -l <err)" = 1 ] || broken "$words: not one line"
		[ ! -e log ] || broken "$words: an engine was opened: $(cat log)"
		[ ! -e made ] || broken "$words: the command has run"
	done <<-'END'
		-e opne
		-e %fiel
		-e '/['
		-e status=bad
		-e signal=SIGNONE
		-e fd=x
		-e inject=read
		-P ''
		-p x
		-u nobody-of-that-name
		--comm a_name_that_is_too_long
		--cgroup ssh
		--container 'a"b'
		--min-duration soon
		--fds-limit x
		--cmdline x
		-s 0
		-n 0
		--for soon
		--buffer 3M
		--mode fast
		--throttle-cap 1ms
		--mode throttle --throttle-cap 9s
		--exempt /none
		--sample 3
		--sample 1/3:opne
		--budget 3
		--priority opne
		--ahead 99
		--engine none
		--config '{"nonsense": 1}'
		--config /none
		--salvage
		--compress=99 -w f
		--compress
		--stats=
		-C x -w f
		-G x -w f
		-W 0 -w f
		-W 3
		--keep-free x -w f
		--format nonsense
		--format '%linx.nonsense'
		-c --format json
		-tttt
		--decode-fds nonsense
		--color nonsense
		--redact /none
		--redact bad
		--alert nonsense
		--rules /none
		--rules bad
		--falco-config /none
		--alert-priority nonsense --alert stdout
		--alert-output '%linx.nonsense' --alert stdout
		--alert-every x --alert stdout
		--alert-captures x
		--metrics nonsense
		--fds
		--http-secrets
		--summary
		--nonsense
		linx.nonsense=1
		linx.pid=x
		linx.type regex '['
	END
}

# A user's mistake is reported even if the module is missing.
test_wrong_set_without_a_module() {
	FAKE=absent fake -e read,opne -- true
	is_status 2
	says "-e: unknown system call 'opne'; nearest: open"
	FAKE=absent fake -e '%fiel'
	is_status 2
	has err "^linxcap: -e: unknown class '%fiel'; there are:"
	FAKE=absent fake -e read,%file
	is_status 1
	says "no module: fake ('linxcap doctor' looks for the cause)"
}

test_unwritable_file() {
	fake -o no/such/dir
	is_status 1
	says "cannot write: no/such/dir: No such file or directory"
}

test_terminal() {
	command -v script >/dev/null || skip "no script(1)"
	LD_PRELOAD=$WORK/fake.so script -qefc "'$LINXCAP' -w - -n 1" /dev/null >out 2>&1 && status=0 || status=$?
	is_status 1
	has out 'will not write a capture to a terminal: standard output: write to a file or a pipe'
	export FAKE_LOG=$PWD/log
	unset NO_COLOR
	LD_PRELOAD=$WORK/fake.so script -qefc "stty cols 99; '$LINXCAP' -n 1" /dev/null >out 2>&1
	has log 'colour=1 .* width=99$'
	rm log
	LD_PRELOAD=$WORK/fake.so NO_COLOR=1 script -qefc "stty cols 99; '$LINXCAP' -n 1" /dev/null >out 2>&1
	has log 'colour=0 '
	rm log
	LD_PRELOAD=$WORK/fake.so NO_COLOR=1 script -qefc "'$LINXCAP' --color=always -n 1" /dev/null >out 2>&1
	has log 'colour=1 '
}

test_stats() {
	command -v jq >/dev/null || skip "no jq"
	fake -q -n 3 --stats=stats
	is_status 0
	is_silent
	[ "$(wc -l <stats)" = 1 ] || broken "not one line"
	[ "$(jq -c '[.selected, .committed, .delivered, .unread, .overwritten, .lost.full, .lost_context, .complete, .events]' stats)" = \
		'[6,6,3,3,0,0,0,true,3]' ] || broken "sums: $(cat stats)"
	[ "$(jq -c '.cpus[0] | [.cpu, .selected, .unread]' stats)" = '[0,6,3]' ] || broken "cpus: $(cat stats)"
	# Counts are exact up to 64 bits. A call of another ABI has its own key, and calls that were not selected have
	# no key.
	has stats '"read":\{"selected":18446744073709551615,'
	has stats '"i386:read":\{"selected":7,.*"lost":7,"abi":"i386"\}'
	lacks stats '"write"|"probes"'
	FAKE=probes fake -q -n 3 --stats=stats
	has stats '"number":0,"spec":"kprobe:f\(a\)","events":2,"selected":18446744073709551615,'
	[ "$(jq -c '.probes[0] | [.committed, .filtered, .sampled, .missed, .at_least, .gone, .lost.full, .lost.nested]' stats)" = \
		'[4,5,6,7,true,false,8,9]' ] || broken "probe: $(cat stats)"
	[ "$(jq -c '.probes[1]' stats)" = '{"number":1,"spec":"rawtp:t","events":3}' ] || broken "probe without counts: $(cat stats)"
	fake -n 1 --stats
	jq -e .complete <(grep '^{' err) >/dev/null || broken "standard error has no object"
	fake -q -n 1 --stats=/dev/full
	is_status 1
	says "cannot write: /dev/full: No space left on device"
}

test_closed_descriptors() {
	local fd
	LD_PRELOAD=$WORK/fake.so "$LINXCAP" -n 1 -q -o trace <&- >&- 2>err || broken "status $?"
	has trace '^event 1$'
	LD_PRELOAD=$WORK/fake.so "$LINXCAP" -n 1 -q >&- 2>err && broken "it wrote to what was closed"
	has err '^linxcap: cannot write: standard output: Bad file descriptor'
}

test_reader_of_a_capture_that_does_not_read() {
	mkfifo pipe
	sleep 30 <pipe &
	local reader=$!
	LD_PRELOAD=$WORK/fake.so FAKE=flood FAKE_LOG=$PWD/log "$LINXCAP" -q -w - >pipe 2>err &
	pid=$!
	wait_for grep -q '^start' log
	sleep 0.3
	kill -INT "$pid"
	fake_end
	kill "$reader"
	is_status 1
	says "nobody reads: the rest was not written"
}
