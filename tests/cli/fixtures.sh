# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Reads captures that were recorded on real kernels. fixtures/NAME.b64 is the file (gzip, base64); fixtures/NAME.want
# has the part that must not change, one line per event. To record new ones: fixtures/README.

# Prints the members of an event that are compared: its content, not its representation in JSON. A time has more digits
# than jq's numbers can hold, and versions of jq round them differently, so it becomes a string.
FIXTURE_FIELDS='[.kind, .time_ns, .cpu, .seq, .dir, .abi, .syscall, .pid, .tid, .comm, .exe, .argv, .ret, .errno,
	(.args // {} | [.filename, .argv, .buf | if type == "object" then [.value, .state, .len] else . end]),
	.exit_code, .signal, .child_pid, .complete, .selected, .delivered]'

fixture() { # SERIES
	local dir=$LINX_ROOT/tests/cli/fixtures name=capture-$1.linx
	command -v jq >/dev/null || skip "no jq"
	real_capture "$1" "$name"
	lx -r "$name" --format json
	is_status 0
	sed -E 's/"time_ns":([0-9]+)/"time_ns":"\1"/' out | jq -c "$FIXTURE_FIELDS" >got || broken "$name: the output is not JSON"
	grep -v '^#' "$dir/$name.want" >want
	diff want got >differences || broken "$name: replays otherwise than it did: $(head -n 6 differences | cut -c1-400)"
	"$LINX_ROOT/docs/examples/check_json.py" out >proved 2>&1 || broken "$name: $(head -n 3 proved)"
	sed '20d' out | "$LINX_ROOT/docs/examples/check_json.py" >proved 2>&1 && broken "$name: a line is missing, and nobody sees it"
	lx -r - --format strace <"$name"
	is_status 0
	has out '^[0-9]+ +openat\(AT_FDCWD, "/not/there", O_RDONLY\) = -1 ENOENT \(No such file or directory\)$'
	head -c $(($(wc -c <"$name") - 100)) "$name" >cut
	lx -r cut --format json
	is_status 1
	has err 'cut off|end of the capture'
}

test_linux_5_10() { fixture 5.10; }

test_linux_7_2() { fixture 7.2; }
