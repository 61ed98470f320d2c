#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each event has its process: for 1,000 programs that end at once, a limited fork bomb, deeply nested shells, threads
# that call exec, parents that end first, and processes that have ended before the reader wakes up.
# full
# timeout: 240
# arches: arm64
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1

# calls FILE: writes "pid ppid exe comm" for each call in FILE to the file "calls", then whether the command line is
# known, and whether the process is stale. A value that is unknown is written as null.
calls() {
	jq -r 'select(.kind == "syscall") | "\(.pid) \(.ppid) \(.exe) \(.comm) \(.cmdline != null) \(.flags | index("stale") != null)"' "$1" >calls
}

# attributed NAME FILE LEAST: expects that every call has a known process, with a parent.
attributed() { # NAME FILE LEAST
	calls "$2"
	[ "$(wc -l <calls)" -ge "$3" ] || fail "$1: $(wc -l <calls) events"
	! grep -Eq ' null | false | true$' calls || fail "$1: not attributed: $(grep -Em3 ' null | false | true$' calls)"
	echo "# $1: $(wc -l <calls) calls of $(cut -d ' ' -f 1 calls | sort -u | wc -l) processes"
}

# record NAME CALLS STATUS CMD...: records the selected calls into a file, printed as JSON; nothing is lost.
record() { # NAME CALLS STATUS CMD...
	local name=$1 calls=$2 want=$3
	shift 3
	status=0
	linxcap -q -e "$calls" --stats="$name.stats" --buffer 32M -w "$name.cap" -- "$@" >out 2>err || status=$?
	is "$name: status ($(head -c 300 err))" "$status" "$want"
	everything "$name" "$name.stats"
	linxcap -q -r "$name.cap" --format json >"$name.json"
}

thousand() {
	record true execve,exit_group 0 sh -c 'seq 1000 | busybox xargs -n 1 /bin/true'
	attributed true true.json 2000
	grep ' true true false$' calls >true.calls
	is "true: their calls" "$(wc -l <true.calls)" 2000
	is "true: processes" "$(cut -d ' ' -f 1 true.calls | sort -u | wc -l)" 1000
	is "true: parents" "$(cut -d ' ' -f 2 true.calls | sort -u | wc -l)" 1
}

bomb() {
	cat >bomb.sh <<'END2'
n=$1
[ "$n" -gt 0 ] || exit 0
bash bomb.sh $((n - 1)) & bash bomb.sh $((n - 1)) & wait
END2
	record bomb all 0 bash bomb.sh 4
	attributed bomb bomb.json 2000
	jq -r 'if .kind == "fork" then "fork \(.child_pid) \(.pid)" elif .kind == "exit" and .process_ended then "exit \(.pid) \(.ppid)" else empty end' bomb.json >lives
	is "bomb: processes" "$(grep -c exit lives)" 31
	# The children that fork records name are the processes that have records of their end.
	sed -n 's/^fork //p' lives | sort -u >forks
	sed -n 's/^exit //p' lives | sort -u >exits
	is "bomb: parents at the end are those of the forks" "$(grep -Fxc -f forks exits)" 30
}

deep() {
	echo '[ "$1" = 0 ] || bash deep.sh $(($1 - 1)); true' >deep.sh
	record deep execve,exit_group 0 bash deep.sh 30
	attributed deep deep.json 62
	jq -r 'select(.kind == "syscall" and .syscall == "execve") | "\(.pid) \(.ppid)"' deep.json >chain
	is "deep: each shell is the child of the one before" "$(awk 'NR > 1 && $2 == last { n++ } { last = $1 } END { print n + 0 }' chain)" 30
}

# The child of a parent that ends first belongs to the subreaper, or to the first process of the namespace.
orphans() {
	linxcap -q --format json -o orphan.json -- bash -c '(bash -c "sleep 0.5; cat /proc/self/status >/tmp/status; true" &) ; sleep 1.5'
	pid=$(jq -r 'select(.kind == "exec" and .comm == "cat") | .pid' orphan.json)
	ppid=$(sed -n 's/^PPid:[^0-9]*//p' status)
	[ -n "$pid" ] && [ -n "$ppid" ] || fail "orphans: nothing recorded"
	shell=$(jq -r "select(.kind == \"exec\" and .pid == $pid) | .ppid" orphan.json)
	is "orphans: the shell's child" "$shell" "$ppid"
	is "orphans: the shell's parent" "$(jq -r "select(.pid == $shell and .kind == \"exit\") | .ppid" orphan.json)" 1
}

threads() {
	record threads all 7 cap_threads
	attributed threads threads.json 100
}

# The reader is stopped while programs begin and end: events that it reads later must still be attributed.
late() {
	background -q -e execve,exit_group --format json --buffer 8M -o late.json
	unread bash -c 'for ((i = 0; i < 50; i++)); do /bin/true; done'
	soon sh -c 'tail -n 5 late.json | grep -q bash'
	kill -INT "$pid"
	ended
	attributed late late.json 102
	is "late: the programs" "$(grep -c ' true true false$' calls)" 100
}

for part in thousand bomb deep orphans threads late; do
	start=$EPOCHREALTIME
	$part
	echo "# $part: $(((${EPOCHREALTIME/./} - ${start/./}) / 1000)) ms"
done
