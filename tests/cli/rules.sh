# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154,SC2016
# --rules and `linxcap rules`: rules in Falco's language.

# Sets RULES to the folder with the published rules of Falco's project: beside the tree, or FALCO_RULES.
published() {
	RULES=${FALCO_RULES:-$LINX_ROOT/../shared/data/falco-rules}
	[ -e "$RULES/falco_rules.yaml" ] || skip "no published rules: FALCO_RULES names no folder with falco_rules.yaml"
}

write_rules() {
	cat >rules.yaml <<-'END'
		- required_engine_version: 0.57.0
		- list: readers
		  items: [alpha, "beta"]
		- macro: reads
		  condition: evt.type = read
		- rule: First process reads
		  desc: d
		  condition: reads and proc.pid = 100
		  output: read by %proc.pid (%evt.type %proc.tty)
		  priority: WARNING
		  tags: [b, a]
		- rule: Second process reads
		  desc: d
		  condition: reads and proc.pid = 101
		  output: "*second %proc.pid"
		  priority: NOTICE
		- rule: Nobody
		  desc: d
		  condition: evt.type = write and proc.name in (readers)
		  output: o
		  priority: DEBUG
	END
}

# over COUNT OPTION...: runs linxcap with the options over a capture of COUNT calls.
over() {
	"$WORK/make_capture" "$1" >capture
	lx -r capture --rules rules.yaml "${@:2}"
}

test_text_as_falco_writes_it() {
	write_rules
	over 6
	is_status 0
	grep -qE '^[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{9}: Warning read by 100 \(read ' out || broken "no alert of the first rule"
	grep -qE ': Notice second 101$' out || broken "no alert of the second rule"
	[ "$(wc -l <out)" = "$("$LINXCAP" -q -r capture 'linx.type = read and linx.pid in (100, 101)' | grep -c ' read(')" ] ||
		broken "not one for each event"
	has err 'alerts: [0-9]*: First process reads'
	lacks err Nobody
}

test_json_as_falco_writes_it() {
	command -v jq >/dev/null || skip "no jq"
	write_rules
	over 6 -q --alert-json
	is_status 0
	[ "$(jq -r 'keys_unsorted | join(",")' out | sort -u)" = \
		hostname,lost_before,output,output_fields,priority,rule,source,tags,time ] || broken "keys"
	jq -r 'select(.rule == "First process reads")' out | jq -e -s 'length > 0 and all(
		(.tags == ["a", "b"]) and .source == "syscall" and .priority == "Warning" and .output_fields["proc.pid"] == 100 and
		(.output_fields | keys_unsorted) == ["evt.time", "evt.type", "proc.pid", "proc.tty"] and
		(.output_fields["evt.time"] | type) == "number" and .output_fields["evt.type"] == "read" and
		(.output | test("^[0-9:.]{18}: Warning read by 100 ")))' >/dev/null || broken "an alert"
	is_silent_but_out
}

is_silent_but_out() { [ ! -s err ] || broken "standard error is not empty"; }

# spoken CONDITION: raises alerts with the arguments of the calls of tests/cli/texts.c that meet the condition.
spoken() {
	printf -- '- rule: r\n  desc: d\n  condition: proc.name in (texts, spoken) and (%s)\n  output: "%%evt.type %%evt.args"\n  priority: DEBUG\n' "$1" >texts.yaml
	mkdir -p room.d
	(cd room.d && lx -q --engine ptrace --rules ../texts.yaml -- "$WORK/texts" && sed 's/^[^ ]* Debug //' out >../said)
}

# Compares the arguments of many calls with texts.expected, where a star stands for any text: each text is what Falco's
# event table, its driver and its library make of the call.
test_arguments_have_falcos_texts() {
	local calls line wanted pattern n=0
	grep -v '^#' "$CLI/texts.expected" >expected
	calls=$(cut -d ' ' -f 1 expected | sort -u | paste -sd,)
	spoken "evt.type in ($calls)"
	sed '1,/^prctl .*=texts /d' said >lines
	while IFS= read -r wanted <&3; do
		n=$((n + 1))
		wanted=${wanted//\$PWD/$PWD/room.d}
		IFS= read -r line <&4 || broken "no line $n: $wanted"
		pattern=$(printf %q "$wanted")
		# shellcheck disable=SC2053
		[[ $line == ${pattern//\\\*/*} ]] || broken "line $n is $line, not $wanted"
	done 3<expected 4<lines
	[ "$(wc -l <lines)" = "$n" ] || broken "$(wc -l <lines) lines, not $n"
}

# Numbers in outputs have the base that Falco's event table gives an argument; conditions compare the numbers.
test_raw_arguments_have_falcos_bases() {
	local call condition fields
	while IFS='|' read -r call condition fields; do
		printf -- '- rule: %s\n  desc: d\n  condition: evt.type = %s and %s\n  output: "%s"\n  priority: DEBUG\n' "$call" "$call" "$condition" "$fields"
	done >raw.yaml <<-'END'
		openat|evt.rawarg.flags = 16430|%evt.rawarg.flags %evt.rawarg.mode %evt.rawarg.dirfd
		fchmodat|evt.rawarg.mode exists|%evt.rawarg.mode
		lseek|evt.rawarg.res < 0|%evt.rawarg.res %evt.rawarg.whence
		shutdown|evt.rawarg.how > 0|%evt.rawarg.how
	END
	mkdir room.d
	(cd room.d && lx -q --engine ptrace --rules ../raw.yaml -- "$WORK/texts" && sed 's/^[^ ]* Debug //' out >../said)
	printf '%s\n' '402E 640 -100' 4750 '-22 0' 2 >wanted
	diff wanted said || broken "bases"
}

# Fields of descriptors have the values that are true after the call, as in Falco. Checks the calls of
# tests/cli/texts.c.
test_descriptors_are_those_after_the_call() {
	spoken 'evt.type = bind and evt.failed = false and fd.name in ("127.0.0.1:0", a.sock) and not fd.sip exists and not fd.lport exists'
	[ "$(wc -l <said)" = 4 ] || broken "names after bind"
	spoken 'evt.type = listen and fd.name = a.sock and fd.sockfamily = unix and fd.is_server = false'
	[ "$(wc -l <said)" = 1 ] || broken "a UNIX socket that listens"
	spoken 'evt.type = socket and fd.name = "" and fd.is_server = false and fd.connected = false and not fd.sport exists and not fd.cip exists'
	[ "$(wc -l <said)" = 5 ] || broken "sockets without addresses"
	spoken 'evt.type = connect and fd.connected = false and not fd.rip exists and not fd.name contains "->" and evt.arg.tuple = NULL'
	[ "$(wc -l <said)" = 4 ] || broken "connects that failed"
	spoken 'evt.type = sendto and evt.failed = false and fd.rip = 127.0.0.1 and fd.rport = 1 and fd.name endswith "->127.0.0.1:1"'
	[ "$(wc -l <said)" = 1 ] || broken "a datagram"
	spoken 'evt.type = recvfrom and fd.rip = 127.0.0.1 and fd.lip = 127.0.0.1 and fd.rport > 0 and fd.name contains "->127.0.0.1:"'
	[ "$(wc -l <said)" = 1 ] || broken "a datagram that was received"
}

# evt.is_open_create is true of each open that creates a file, and false of an open of an existing file. The file "made"
# lists the created files in their order.
test_files_that_opens_create() {
	cat >made.yaml <<-END
		- rule: Created
		  desc: d
		  condition: evt.type in (open, openat, openat2, creat) and evt.is_open_create = true and fd.typechar = f and fd.name startswith $PWD/
		  output: "%fd.name"
		  priority: DEBUG
	END
	lx -q --engine ptrace --rules made.yaml -- sh -c 'mkdir d; echo >a; echo >a; echo >>a; cat a >/dev/null; echo >d/b; echo >"$PWD/d/b"; ln -s none l; echo >l; echo >l; cd d; echo >../c; echo >x/y; true' 2>/dev/null
	sed "s|.* Debug $PWD/||" out | paste -sd ' ' >made
	[ "$(cat made)" = 'a d/b l c' ] || broken "created: $(cat made)"
}

# Losses are counted for each rule by itself, because each rule may have missed an event: the field lost_before of an
# alert has all losses since the last alert of the same rule.
test_losses_by_rule() {
	command -v jq >/dev/null || skip "no jq"
	write_rules
	over 30 -q --alert-json
	for rule in 'First process reads' 'Second process reads'; do
		"$LINXCAP" -q -r capture --format json | jq -s --argjson pid $([ "${rule%% *}" = First ] && echo 100 || echo 101) '
			reduce .[] as $e ({gone: 0, reported: 0}; if $e.kind == "gap" then .gone += ($e.lost | add)
				elif $e.syscall == "read" and $e.pid == $pid then .reported = .gone else . end) | .reported' >want
		jq -s --arg rule "$rule" 'map(select(.rule == $rule) | .lost_before) | add' out >reported
		diff reported want || broken "$rule"
		[ "$(cat want)" -gt 0 ] || broken "nothing is lost in the capture"
	done
}

test_filter_and_priority_beside_rules() {
	write_rules
	over 6 -q linx.pid = 101
	is_status 0
	[ -s out ] && ! grep -v 'second 101$' out || broken "FILTER did not count"
	over 6 -q --alert-priority warning
	[ -s out ] && ! grep -v 'Warning read by 100' out || broken "a less urgent rule counted"
	over 6 -q --alert error,file:urgent --alert file:all
	[ -s all ] && [ ! -s urgent ] && [ ! -s out ] || broken "outputs"
}

test_what_goes_together() {
	write_rules
	for words in '-o f' -c '--alert-rule x' '--alert-output x'; do
		# shellcheck disable=SC2086
		lx --rules rules.yaml $words
		is_status 2
		has err "^linxcap: not together: (${words%% *} and --rules|--rules and ${words%% *})"
	done
	lx --rules rules.yaml -w -
	is_status 2
	says 'not together: -w - and alerts to stdout: write the capture to a file'
	lx --rules rules.yaml -w %H
	is_status 2
	says 'not together: the time in -w and --rules: several files are for recording alone'
	lx --rules none.yaml
	is_status 2
	has err '^linxcap: none.yaml: cannot be read: No such file or directory \(LOAD_ERR_FILE_READ\)$'
}

# A capture that is recorded together with alerts has every event, also those that no rule names.
test_beside_a_recording() {
	write_rules
	"$WORK/make_capture" 6 >capture
	lx -q -r capture --rules rules.yaml
	is_status 0
	mv out alone
	[ -s alone ] || broken "no alert"
	lx -q -r capture --rules rules.yaml -w all
	is_status 0
	cmp alone out || broken "other alerts"
	lx -r capture
	mv out expected
	mv err account
	lx -r all
	is_status 0
	cmp expected out && cmp account err || broken "another recording"
}

# Inode times in rules equal those of stat(1). Two programs with different times are run one after the other: the second
# one must not have the times of the first.
test_times_of_executables() {
	cp /bin/true one
	cp /bin/true two
	touch -d '2020-02-03 04:05:06.123456789 UTC' two
	sleep 0.1 # /proc has the begin of a process in hundredths of a second
	printf -- '- rule: r\n  desc: d\n  condition: %s\n  output: "%s"\n  priority: INFO\n' \
		'evt.type = execve and proc.name in (one, two)' \
		'%proc.name %proc.exe_ino.mtime %proc.exe_ino.ctime %proc.exe_ino.ctime_duration_proc_start' >times.yaml
	lx -q --engine ptrace -w seen -- sh -c './one; ./two'
	! grep -q 'this container allows no ptrace' err || skip "$(cat err)"
	lx -q -r seen --rules times.yaml
	is_status 0
	for name in one two; do
		grep -q "Informational $name $(stat -c '%.9Y %.9Z' $name | tr -d .) [1-9][0-9]*$" out || broken "$name: $(cat out)"
	done
}

test_folders() {
	write_rules
	mkdir rules.d
	lx rules check rules.d
	is_status 2
	says 'no rules: rules.d: put files there whose names end in .yaml'
	mv rules.yaml rules.d/b.yaml
	printf -- '- macro: reads\n  condition: evt.type = close\n' >rules.d/c.yml
	printf -- '- list: readers\n  items: [x]\n' >rules.d/a.yaml
	echo nonsense | tee rules.d/.hidden.yaml >rules.d/README
	lx rules check -v rules.d
	is_status 0
	"$WORK/make_capture" 6 >capture
	lx -q -r capture --rules rules.d
	is_status 0
	grep -q 'Warning read by 100 (close ' out || broken "the later file did not change the earlier one"
	echo nonsense >rules.d/d.yaml
	lx rules check rules.d
	is_status 2
	has err '^linxcap: rules.d/d.yaml:1:1: '
	rm rules.d/d.yaml
	for n in {1..257}; do : >"rules.d/e$n.yaml"; done
	lx rules check rules.d
	is_status 2
	says 'too many files of rules: at most 256'
}

# Each mistake is reported with its place and Falco's code. If there are several, all are reported.
test_mistakes() {
	cat >bad.yaml <<-'END'
		- rule: r
		  desc: d
		  output: o
		  priority: INFO
		  condition: >
		    evt.type = open
		    and proc.nam = x
	END
	lx rules check bad.yaml
	is_status 2
	has err '^linxcap: bad.yaml:7:9: r: unknown field.*proc.name.*\(LOAD_ERR_COMPILE_CONDITION\)$'
	lx -r capture --rules bad.yaml
	is_status 2
	printf -- '- rule: r\n  colour: red\n- what: 1\n' >bad.yaml
	lx rules check bad.yaml
	is_status 2
	has err '^linxcap: bad.yaml:2:3: r: unknown key .colour.*\(LOAD_UNKNOWN_KEY\)$'
	has err 'LOAD_ERR_YAML_VALIDATE'
	lx rules check
	is_status 2
	lx rules chekc bad.yaml
	is_status 2
	has err '^linxcap: missing word: rules'
}

test_list_and_explain() {
	write_rules
	lx rules check rules.yaml
	is_status 0
	[ "$(cat out)" = 'good: 3 rules, 3 of them enabled' ] || broken "check"
	lx rules list rules.yaml
	is_status 0
	grep -qE '^Warning +on +1 +2  First process reads$' out || broken "list"
	lx rules explain 'First process reads' rules.yaml
	is_status 0
	grep -qE '^calls +read$' out && grep -qE '^fields +evt.type proc.pid$' out && grep -qE '^kernel +[0-9]+ instructions' out || broken "explain"
	lx rules explain nowhere rules.yaml
	is_status 2
	command -v jq >/dev/null || return 0
	lx rules list --json rules.yaml
	jq -e 'length == 3 and .[0].calls == ["read"] and .[0].tags == ["a", "b"] and .[0].line == 6' out >/dev/null || broken "list --json"
}

test_published_rules_load_without_a_warning() {
	published
	for f in falco_rules falco-incubating_rules falco-sandbox_rules; do
		lx rules check "$RULES/$f.yaml"
		is_status 0
		[ ! -s err ] || broken "$f"
	done
	[ "$(cat out)" = 'good: 37 rules, 25 of them enabled' ] || broken "sandbox"
	lx rules check "$RULES"/*.yaml
	is_status 0
	[ ! -s err ] && [ "$(cat out)" = 'good: 93 rules, 81 of them enabled' ] || broken "all three"
}

# Names, arguments, number bases and categories of events equal Falco's, as far as the sources of its libraries are
# there.
test_events_are_those_of_falco() {
	[ -e "${FALCO_LIBS:-}/driver/event_table.c" ] || skip "no sources of falcosecurity/libs: FALCO_LIBS names no folder with them"
	"$LINX_ROOT/tests/rules/events" "$FALCO_LIBS" >out || broken "$(cat out)"
}

# Rule files of Falco 0.30 and newer load, although they use deprecated fields.
test_each_release_of_the_rules_loads() {
	local folder=${FALCO_RELEASES:-$LINX_ROOT/../shared/data/falco-releases} n=0
	for f in "$folder"/*.yaml; do
		[ -e "$f" ] || skip "no releases of falco_rules.yaml: FALCO_RELEASES names no folder with them"
		lx rules check "$f"
		is_status 0
		! grep -vE '\((LOAD_DEPRECATED_ITEM|LOAD_COMPILE_CONDITION|LOAD_NO_EVTTYPE|LOAD_UNKNOWN_KEY)\)$' err || broken "$f"
		n=$((n + 1))
	done
	echo "$n releases"
}

# The tables have workloads for each published rule: some that trigger it, and similar ones that must not.
test_each_published_rule_has_workloads() {
	published
	command -v jq >/dev/null || skip "no jq"
	for file in stable:falco_rules incubating:falco-incubating_rules sandbox:falco-sandbox_rules; do
		lx rules list --json "$RULES/${file#*:}.yaml"
		jq -r '.[].name' out | LC_ALL=C sort >want
		"$LINX_ROOT/tests/rules/work" rules any "$LINX_ROOT/tests/rules/${file%:*}" >found
		diff want found || broken "tests/rules/${file%:*}"
	done
}

# work_of TABLE PART: writes the script of those workloads of one part of a table that need no container, and the list
# "want" of the rules that they are meant to trigger, into a folder with the files that they need.
work_of() { # TABLE PART
	rm -rf work.d "$SHM/true" && mkdir work.d && cp "$LINX_ROOT"/tests/rules/{first,memfd,net,terminal} work.d
	"$LINX_ROOT/tests/rules/work" script "$2" "$LINX_ROOT/tests/rules/$1" >work.d/work
	"$LINX_ROOT/tests/rules/work" want "$2" "$LINX_ROOT/tests/rules/$1" >want
	chmod +x work.d/work
}

rules_of() { # FILE
	jq -r .rule "$1" | LC_ALL=C sort | uniq -c | sed 's/^ *//' >found
	diff found want || broken "$1"
}

# under_ptrace OPTION...: traces the workloads by ptrace, or skips where that is forbidden.
under_ptrace() {
	: >alerts
	(cd work.d && lx -q --engine ptrace "$@" -- ./work && cp err ../err)
	! grep -q 'this container allows no ptrace' err || skip "$(cat err)"
}

# Skips the test if the workloads cannot run here. Sets SHM to a folder in memory.
workloads_run_here() {
	for program in jq perl setpriv shred; do
		command -v "$program" >/dev/null || skip "no $program"
	done
	[ "$(id -u)" = 0 ] && [ "$(uname -m)" = x86_64 ] && [ -r /etc/shadow ] || skip "not root, or not x86_64"
	SHM=$(mktemp -d /dev/shm/linx-test.XXXXXX) || skip "no /dev/shm"
	export SHM
	trap 'rm -rf "$SHM"' EXIT
	cp /bin/true "$SHM" && "$SHM/true" || skip "/dev/shm takes no programs"
}

# fires TABLE FILE COUNT: expects that the workloads of the table trigger exactly the COUNT rules that they are meant
# for, and that the similar workloads trigger none.
fires() {
	local set=(--rules "$RULES/$2.yaml")
	[ ! -e "$LINX_ROOT/tests/rules/$1.yaml" ] || set+=(--rules "$LINX_ROOT/tests/rules/$1.yaml")
	work_of "$1" near
	under_ptrace "${set[@]}" --alert-json --alert file:../alerts
	rules_of alerts
	work_of "$1" fire
	[ "$(wc -l <want)" = "$3" ] || broken "$(cat want)"
	under_ptrace "${set[@]}" --alert-json --alert file:../alerts
	rules_of alerts
}

test_stable_rules_fire_and_near_misses_do_not() {
	published
	workloads_run_here
	fires stable falco_rules 15
	work_of stable fire
	under_ptrace -yy -w ../capture
	lx -q -r capture --rules "$RULES/falco_rules.yaml" --alert-json --alert file:replayed
	is_status 0
	rules_of replayed
}

test_incubating_and_sandbox_rules_fire_and_near_misses_do_not() { # full
	published
	workloads_run_here
	fires incubating falco-incubating_rules 13
	fires sandbox falco-sandbox_rules 15
}

# Tests fields of process numbers in a pid namespace, of words of the command line, and of the path of a call. The
# engine of this test does not record open files.
test_fields_of_users() {
	command -v unshare >/dev/null && unshare --pid --fork true 2>/dev/null || skip "no pid namespace can be made"
	cat >rules.yaml <<-'END'
		- rule: inside
		  desc: d
		  condition: evt.type in (open, openat) and fd.name endswith /inside and proc.args[0] = inside
		  output: "vpid=%proc.vpid vpgid=%proc.vpgid sid=%proc.sid pvpid=%proc.pvpid leads=%proc.is_sid_leader <%6proc.name> in=%proc.stdin.type"
		  priority: INFO
		- rule: removed
		  desc: d
		  condition: evt.type in (unlink, unlinkat) and fs.path.name endswith /inside
		  output: removed %fs.path.nameraw
		  priority: INFO
	END
	: >inside
	lx --engine ptrace --rules rules.yaml --alert file:alerts -- \
		unshare --pid --fork setsid sh -c ': | cat inside; rm inside; :'
	! grep -q 'this container allows no ptrace' err || skip "$(cat err)"
	is_status 0
	grep -q ' vpid=[23] vpgid=1 sid=1 pvpid=1 leads=false <cat   > in=<NA>$' alerts || broken "inside: $(cat alerts)"
	grep -q ' removed inside$' alerts || broken "removed"
	has err 'engine ptrace does not record what a process has open'
}

test_lists_by_oneof_anyof_allof() {
	cat >rules.yaml <<-'END'
		- macro: own
		  condition: evt.type in (open, openat) and fd.name contains /case-
		- {rule: one, desc: d, condition: 'own and fd.filename startswith oneof (case-a, case-ab)', output: 'ONE %fd.filename', priority: INFO}
		- {rule: any, desc: d, condition: 'own and fd.filename startswith anyof (case-a, case-ab)', output: 'ANY %fd.filename', priority: INFO}
		- {rule: all, desc: d, condition: 'own and fd.filename startswith allof (case-a, case-ab)', output: 'ALL %fd.filename', priority: INFO}
		- {rule: ne, desc: d, condition: 'own and fd.filename != allof (case-abc, case-axx)', output: 'NE %fd.filename', priority: INFO}
	END
	touch case-abc case-axx case-other
	lx -q --engine ptrace --rules rules.yaml --alert file:alerts -- cat "$PWD/case-abc" "$PWD/case-axx" "$PWD/case-other"
	! grep -q 'this container allows no ptrace' err || skip "$(cat err)"
	is_status 0
	sed 's/.*Informational //' alerts >found
	printf '%s\n' 'ANY case-abc' 'ALL case-abc' 'ONE case-axx' 'ANY case-axx' 'NE case-other' >want
	diff want found || broken "alerts"
}

reload_rule() { # NAME FILE: a file that matches
	printf -- '- rule: %s\n  desc: d\n  output: o\n  priority: INFO\n  condition: evt.type in (open, openat) and fd.name endswith %s\n' "$1" "$2"
}

# Rules are replaced between two events: on SIGHUP, and when a file changes. If the new rules have a mistake, the former
# rules stay.
test_reload() {
	reload_rule first sign-1 >rules.yaml
	cat >work <<-'END'
		#!/bin/sh
		step() { : >sign-"$1"; while [ ! -e "go-$1" ]; do sleep 0.1; done; }
		for n in 1 2 3; do step $n; done
		: >sign-4
	END
	chmod +x work
	"$LINXCAP" -q --engine ptrace --rules rules.yaml --alert file:alerts -- ./work >out 2>err &
	pid=$!
	# A failed check must leave no process running: the command ends when the files go-1, go-2 and go-3 exist.
	trap 'touch go-1 go-2 go-3; kill "$pid"' EXIT
	wait_for grep -q . alerts err
	! grep -q 'this container allows no ptrace' err || skip "$(cat err)"
	wait_for test -e sign-1
	echo nonsense >rules.new
	mv rules.new rules.yaml
	wait_for grep -q '^linxcap: not reloaded: rules.yaml:1:1: .*: the rules stay as they are$' err
	reload_rule second sign-2 >rules.new
	mv rules.new rules.yaml
	wait_for grep -q '^linxcap: rules reloaded: 1$' err
	printf -- '- rule: r\n  desc: d\n  output: o\n  priority: INFO\n  condition: evt.type = unlinkat\n' >rules.new
	mv rules.new rules.yaml
	wait_for grep -q '^linxcap: not reloaded: engine ptrace: .* the rules stay as they are$' err
	: >go-1
	wait_for test -e sign-2
	reload_rule third sign-3 >rules.new
	touch -r rules.yaml rules.new
	mv rules.new rules.yaml
	kill -HUP "$pid"
	wait_for eval '[ "$(grep -c "^linxcap: rules reloaded: 1$" err)" = 2 ]'
	: >go-2
	wait_for test -e sign-3
	: >go-3
	wait "$pid"
	trap - EXIT
	[ "$(wc -l <alerts)" = 3 ] || broken "$(cat alerts)"
}

write_stateful() { # WITHIN
	cat >state.yaml <<-END
		- rule: Read
		  desc: d
		  condition: evt.type = read
		  output: o
		  priority: DEBUG
		  enabled: false
		- rule: Closed
		  desc: d
		  condition: evt.type = close
		  output: o
		  priority: DEBUG
		  enabled: false
		- linx_count: Many reads
		  desc: d
		  rules: [Read]
		  by: proc.pid
		  count: 2
		  within: $1
		  output: "%linx.count reads of %linx.key in %linx.span ns"
		  priority: WARNING
		  tags: [b, a]
		- linx_sequence: Read, then closed
		  steps: [Read, Closed]
		  by: [proc.pid]
		  within: $1
		  output: "closed by %proc.pid after %linx.span ns"
		  priority: NOTICE
	END
}

# Each process of the capture makes a call every 20 ns, read and close in turn. Two reads within 1 s raise an alert, and
# so does a read with a close after it. Two reads of one process are never within 30 ns.
test_state_over_a_capture() {
	write_stateful 1s
	"$WORK/make_capture" 24 >capture
	lx -r capture --rules state.yaml
	is_status 0
	grep -qE ': Warning 2 reads of 100 in 40 ns$' out || broken "no count: $(cat out)"
	grep -qE ': Notice closed by 101 after [0-9]+ ns$' out || broken "no sequence: $(cat out)"
	[ "$(grep -c 'reads of' out)" = "$(($("$LINXCAP" -q -r capture 'linx.type = read and linx.pid = 100' | grep -c ' read(') / 2 + $("$LINXCAP" -q -r capture 'linx.type = read and linx.pid = 101' | grep -c ' read(') / 2))" ] ||
		broken "not each second read"
	has err '^linxcap: alerts: [0-9]+: Many reads$'
	lacks err forgotten
	write_stateful 30ns
	lx -q -r capture --rules state.yaml
	is_status 0
	lacks out 'reads of'
}

test_state_in_json_and_at_the_bound() {
	command -v jq >/dev/null || skip "no jq"
	write_stateful 1s
	"$WORK/make_capture" 40 >capture
	lx -q -r capture --rules state.yaml --alert-json
	is_status 0
	jq -e -s 'map(select(.rule == "Many reads")) | length > 0 and all(.priority == "Warning" and .tags == ["a", "b"] and .source == "syscall" and
		(.output_fields | keys_unsorted) == ["evt.time", "linx.count", "linx.key", "linx.span"] and .output_fields["linx.count"] == 2)' out >/dev/null ||
		broken "$(cat out)"
	[ "$(jq -s 'map(select(.rule == "Many reads") | .lost_before) | add' out)" = 5 ] || broken "losses"
	# Two processes alternate, and the state is limited to one key: each process makes the other's key be forgotten,
	# so no key counts two reads in a row.
	sed 's/  count: 2/  count: 2\n  keys: 1/' state.yaml >bound.yaml
	lx -r capture --rules bound.yaml --alert-json
	is_status 0
	has err '^linxcap: keys forgotten: [0-9]+: Many reads: '
	jq -e -s 'map(select(.rule == "Many reads" and .output_fields["linx.at_least"] != true)) == []' out >/dev/null || broken "$(cat out)"
}

test_state_is_listed_and_explained() {
	write_stateful 10m
	lx rules check state.yaml
	is_status 0
	[ "$(cat out)" = 'good: 4 rules, 2 of them enabled' ] && [ ! -s err ] || broken "check: $(cat out err)"
	lx rules list state.yaml
	grep -qE '^Warning +on +1 +1  Many reads$' out && grep -qE '^Notice +on +2 +2  Read, then closed$' out || broken "$(cat out)"
	lx rules explain 'Read, then closed' state.yaml
	grep -qE '^condition +Read then Closed by proc.pid within 600000ms, 65536 keys at most$' out || broken "$(cat out)"
	grep -qE '^calls +close read$' out && grep -qE '^fields +evt.type proc.pid$' out || broken "$(cat out)"
	sed -i 's/\[Read, Closed\]/[Read, Closes]/' state.yaml
	lx rules check state.yaml
	is_status 2
	says "state.yaml:23:17: Read, then closed: there is no rule 'Closes' (LOAD_ERR_VALIDATE)"
}

# Only the first of several matching rules raises its alert for an event (rule_matching: first), but an item that counts
# this rule also raises an alert.
test_state_beside_the_first_rule_alone() {
	write_stateful 1s
	sed -i 's/  enabled: false/  enabled: true/' state.yaml
	printf 'rules_files: [%s]\nrule_matching: first\nstdout_output: {enabled: true}\n' "$PWD/state.yaml" >falco.yaml
	"$WORK/make_capture" 12 >capture
	lx -q -r capture --falco-config falco.yaml
	is_status 0
	grep -q 'reads of' out && grep -q ': Debug o$' out || broken "$(cat out err)"
}

# A live run and the capture of the same run raise the same alerts.
test_state_live_and_replayed() {
	command -v jq >/dev/null || skip "no jq"
	cat >state.yaml <<-'END'
		- macro: mine
		  condition: fd.name contains /tried-
		- {rule: Tried, desc: d, condition: 'evt.type in (open, openat) and mine', output: o, priority: INFO, enabled: false}
		- {rule: Removed, desc: d, condition: 'evt.type in (unlink, unlinkat) and fs.path.name contains /tried-', output: o, priority: INFO}
		- linx_count: Tries
		  rules: Tried
		  by: proc.pname
		  distinct: fd.name
		  count: 3
		  within: 1h
		  output: "%linx.count files, at last %fd.name, after %linx.span ns"
		  priority: WARNING
		- linx_sequence: Tried and removed
		  steps: [{rule: Tried, by: fd.filename}, {rule: Removed, by: basename(fs.path.name)}]
		  within: 1h
		  output: "%linx.key after %linx.span ns"
		  priority: WARNING
	END
	for n in 1 2 3 4 5 6; do : >"tried-$n"; done
	lx --engine ptrace -yy -w capture --rules state.yaml --alert-json --alert file:live -- \
		sh -c 'for n in 1 1 2 3 4 5 6; do cat "$PWD/tried-$n"; done; rm tried-2 tried-5 untried; :'
	! grep -q 'this container allows no ptrace' err || skip "$(cat err)"
	is_status 0
	lx -q -r capture --rules state.yaml --alert-json --alert file:replayed
	is_status 0
	# The name of the host may differ: alerts of a capture have the name that the capture has.
	jq -c 'del(.hostname)' live >live.json
	jq -c 'del(.hostname)' replayed >replayed.json
	cmp live.json replayed.json || broken "$(diff live.json replayed.json)"
	[ "$(jq -r .rule live | sort | uniq -c | xargs)" = '2 Removed 2 Tried and removed 2 Tries' ] || broken "$(cat live)"
	[ "$(jq -r 'select(.rule == "Tried and removed") | .output_fields["linx.key"]' live | xargs)" = 'tried-2 tried-5' ] || broken "$(cat live)"
}
