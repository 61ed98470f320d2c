# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Reads captures that were recorded on real kernels. fixtures/NAME.b64 is the file (gzip, base64); fixtures/NAME.want
# has the part that must not change, one line per event. To record new ones: fixtures/README.

# Prints the members of an event that are compared: its content, not its representation in JSON. A time has more digits
# than jq's numbers can hold, and versions of jq round them differently, so it becomes a string.
FIXTURE_FIELDS='[.kind, .time_ns, .cpu, .seq, .dir, .abi, .syscall, .pid, .tid, .comm, .exe, .argv, .ret, .errno,
	(.args // {} | [.filename, .argv, .buf | if type == "object" then [.value, .state, .len] else . end]),
	.exit_code, .signal, .child_pid, .complete, .selected, .delivered]'

fixture() { # NAME
	local dir=$LINX_ROOT/tests/cli/fixtures
	command -v jq >/dev/null || skip "no jq"
	grep -v '^#' "$dir/$1.b64" | base64 -d | gzip -dc >"$1" || broken "$1.b64 is not what it should be"
	lx -r "$1" --format json
	is_status 0
	sed -E 's/"time_ns":([0-9]+)/"time_ns":"\1"/' out | jq -c "$FIXTURE_FIELDS" >got || broken "$1: the output is not JSON"
	grep -v '^#' "$dir/$1.want" >want
	diff want got >differences || broken "$1: replays otherwise than it did: $(head -n 6 differences | cut -c1-400)"
	"$LINX_ROOT/docs/examples/check_json.py" out >proved 2>&1 || broken "$1: $(head -n 3 proved)"
	sed '20d' out | "$LINX_ROOT/docs/examples/check_json.py" >proved 2>&1 && broken "$1: a line is missing, and nobody sees it"
	lx -r - --format strace <"$1"
	is_status 0
	has out '^[0-9]+ +openat\(AT_FDCWD, "/not/there", O_RDONLY\) = -1 ENOENT \(No such file or directory\)$'
	head -c $(($(wc -c <"$1") - 100)) "$1" >cut
	lx -r cut --format json
	is_status 1
	has err 'cut off|end of the capture'
}

test_linux_5_10() { fixture capture-5.10.linx; }

test_linux_7_2() { fixture capture-7.2.linx; }
