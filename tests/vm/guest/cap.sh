# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Functions for scenarios that run linxcap, and so test everything from the module to the command. To be sourced:
# . "$JOB/guest/cap.sh"
. "$JOB/guest/t.sh"

# lx ARG...: runs linxcap. Its errors are in the file err, the traced command's output in the file out, its exit status
# in $status.
lx() {
	status=0
	linxcap "$@" >out 2>err </dev/null || status=$?
}

# has NAME FILE PATTERN: expects that a line of FILE matches PATTERN. lacks NAME FILE PATTERN: expects that none does.
has() { grep -Eq -- "$3" "$2" || fail "$1: $2 has no line like '$3' but: $(head -c 600 "$2")"; }
lacks() { ! grep -Eq -- "$3" "$2" || fail "$1: $2 has $(grep -Em1 -- "$3" "$2" | head -c 600)"; }

# one_line NAME PATTERN: expects that standard error is one line that matches PATTERN.
one_line() {
	is "$1: lines on standard error ($(head -c 300 err))" "$(wc -l <err)" 1
	has "$1" err "^linxcap: .*$2"
}

# refused NAME STATUS PATTERN ARG...: expects that linxcap fails with STATUS, records nothing and prints one line with
# the reason.
refused() {
	local name=$1 want=$2 pattern=$3
	shift 3
	lx "$@"
	is "$name: status ($(head -c 300 err))" "$status" "$want"
	one_line "$name" "$pattern"
}

# count FILE FILTER: prints how many objects in a JSON file the jq FILTER selects.
count() { jq -c "select($2)" "$1" | wc -l; }

# holds NAME FILE CONDITION: expects that the jq condition CONDITION is true for the JSON object in FILE.
holds() {
	jq -e "$3" "$2" >/dev/null || fail "$1: not so: $3, in $(head -c 1500 "$2")"
}

# accounts NAME STATS-FILE: expects that every selected event is delivered, or counted as lost or unread.
accounts() {
	local sums='(.selected == .committed + ([.lost[]] | add // 0)) and (.committed == .delivered + .unread + .overwritten)'
	holds "$1: the whole" "$2" "$sums"
	holds "$1: each CPU" "$2" "[.cpus[] | $sums] | all and length > 0"
	holds "$1: CPUs add up" "$2" '. as $all | [.cpus[].selected] | add == $all.selected'
	holds "$1: each call" "$2" '.calls // {} | [.[] | .selected == .committed + (.lost // 0)] | all'
}

# everything NAME STATS-FILE: expects that every selected event is delivered and none was lost. The engine bpf may count
# runs of its programs that the kernel skipped, an upper bound for missing events; what the test compares shows whether
# one is missing.
everything() {
	accounts "$1" "$2"
	holds "$1: nothing is missing" "$2" '(.complete or .skipped > 0) and .selected == .delivered and .selected > 0'
}

# soon COMMAND...: repeats the command until it succeeds, however busy the machine is. The test's time limit ends it.
soon() {
	local pause=0.1 start=$SECONDS
	until "$@" >/dev/null 2>&1; do
		if [ $pause = 0.1 ] && [ $((SECONDS - start)) -gt 30 ]; then
			pause=3
			echo "FAIL, if nothing follows: has not happened: $*"
		fi
		sleep $pause
	done
}

# background ARG...: starts linxcap as process $pid and returns once it records. Its output goes to the files out and
# err.
background() {
	linxcap "$@" >out 2>err </dev/null &
	pid=$!
	soon recording "$pid"
}

# unread COMMAND...: runs the command while $pid is stopped, so that linxcap reads nothing meanwhile.
unread() {
	kill -STOP "$pid"
	"$@"
	kill -CONT "$pid"
}

# recording PID: returns whether process PID, which is linxcap, records. It does once it waits for events in poll(2),
# ppoll(2) or one of the epoll calls.
recording() {
	local nr
	read -r nr _ <"/proc/$1/syscall"
	[[ $waiting == *" $nr "* ]] && grep -qE "/dev/linxcap|bpf-map" "/proc/$1/maps"
}

# memory_cgroup NAME: makes the cgroup cg/NAME, whose memory is counted.
memory_cgroup() {
	mkdir -p cg
	mount -t cgroup2 none cg 2>/dev/null || skip "no cgroup2"
	echo +memory >cg/cgroup.subtree_control 2>/dev/null || skip "no memory controller"
	mkdir "cg/$1"
}

# ended: waits for $pid and sets $status to its exit status.
ended() {
	status=0
	wait "$pid" || status=$?
}

# Decodes the bytes of a JSON string, including those that are not UTF-8 (docs/json.md).
bytes() { perl -0777 -pe 's/\xf4\x8f([\xba\xbb])([\x80-\xbf])/chr(0x80 + (ord($1) - 0xba) * 0x40 + ord($2) - 0x80)/ge'; }
