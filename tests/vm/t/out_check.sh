#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# In every mode of recording, lines, gaps and certificate agree with each other. The checker,
# docs/examples/check_json.py, reads only the JSON: in order, filtered, in overload, from a file.
# full
# timeout: 480
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
check="python3 -I $JOB/guest/check_json.py"

# proves NAME FILE: expects that the lines, the gaps and the certificate (the totals at the end) of FILE agree; the sums
# that the checker prints are in the file sums.
proves() {
	$check "$2" >sums 2>why || fail "$1: $(head -c 1000 why)"
	echo "# $1: $(cat sums)"
}

# work [ROUNDS [READS]]: makes calls with and without an entry record, creates processes and files, and makes calls that
# block.
work() {
	local i
	for ((i = 0; i < ${1:-3}; i++)); do
		ls -lR /etc >/dev/null
		find /usr/bin | sort | tail -n 1 >/dev/null
		dd if=/dev/zero of=/dev/null bs=64 count=${2:-200} 2>/dev/null
	done
	perl -e 'for (1..50) { open my $f, "<", "/etc/passwd"; readlink "/bin"; rename "/tmp/no", "/tmp/nothing" }'
}
export -f work

# recorded NAME OPTIONS...: records a command with these options and checks the output.
recorded() {
	local name=$1
	shift
	lx -q --format json -o one.json "$@" -- bash -c work
	is "$name: status ($(head -c 300 err))" "$status" 0
	proves "$name" one.json
}

recorded plain
grep -q ' 0 lost in 0 gaps' sums || fail "plain: $(cat sums)"
holds "entries have numbers" <(grep -m1 '"syscall":"rename"' one.json) '.entry_seq < .seq or .entry_cpu != .cpu'
recorded entries --entry
lacks "entries are lines of their own" one.json entry_seq
recorded selected -e %file
recorded fds --fds
recorded filtered 'linx.res < 0'
recorded failed -e status=failed
recorded budget --budget 200
holds "budget: what is hidden or lost" <(tail -n 1 one.json) '.lost.budget > 0'
recorded sample --sample 1/5
lx -q -w c.cap --fds -- bash -c work
linxcap -q -r c.cap --format json >file.json 2>err || fail "file: $(cat err)"
proves file file.json
holds "file: kinds without lines are counted" <(tail -n 1 file.json) '[.cpus[].hidden.files // 0] | add > 0'
head -c "$(($(wc -c <c.cap) * 2 / 3))" c.cap >cut.cap
linxcap -q -r cut.cap --format json >cut.json 2>/dev/null
proves cut cut.json

# overload NAME TIMES OPTIONS...: stops the reader TIMES times while programs run, so that records are lost.
overload() { # NAME TIMES OPTIONS...
	local name=$1 times=$2 i beside
	shift 2
	rm -f over.json # else the one before would say that it records
	linxcap -q --format json -o over.json --buffer 64K --stats=over.stats "$@" 2>err &
	pid=$!
	soon test -s over.json
	for ((i = 0; i < times; i++)); do
		kill -STOP $pid
		work 1 2000 &
		beside=$!
		work 1 2000
		wait $beside
		kill -CONT $pid
		work 1
	done
	kill -INT $pid
	wait $pid || fail "$name: $(head -c 300 err)"
	proves "$name" over.json
	accounts "$name" over.stats
}

overload overload 3
holds "overload: lost" over.stats '[.lost[]] | add > 0'
grep -q ' 0 lost' sums && fail "overload: nothing was lost: $(cat sums)"
overload "overload with entries" 2 --entry
overload "overload, filtered" 2 -e %file,dup,close 'linx.fd.path exists or linx.res < 0'

# contradicts NAME SED-EXPRESSION [FILE]: removes or changes output by sed, which the checker must detect.
contradicts() { # NAME SED-EXPRESSION [FILE]
	sed -E "$2" "${3:-over.json}" >bad.json
	cmp -s "${3:-over.json}" bad.json && fail "$1: nothing was changed"
	! $check bad.json >/dev/null 2>&1 || fail "$1: the checker does not see it"
}

# A flight recorder prints the newest events and counts the rest as overwritten.
linxcap -q --format json -o over.json --buffer 64K --mode recorder --stats=over.stats 2>err &
pid=$!
soon recording $pid
work 2 2000
kill -INT $pid
wait $pid || fail "recorder: $(head -c 300 err)"
proves recorder over.json
holds "recorder: overwritten" over.stats '.overwritten > 0'

overload again 2
contradicts "a line is missing" '100d'
contradicts "a line stands twice" '100p'
contradicts "a gap is missing" '0,/"kind":"gap"/{/"kind":"gap"/d}'
contradicts "a gap is longer" '0,/"last_seq":/s/"last_seq":/&1/'
contradicts "another number" '100s/"seq":[0-9]+/"seq":1/'
contradicts "nothing is hidden" 's/"hidden":\{[^}]+\}/"hidden":{}/g' file.json
contradicts "the account says more" '$s/"delivered":/&1/'
