#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Arguments change during a call: no event shows only the harmless value, even in a session without any option for that.
# Each call is compared with the result that the program itself found. Of 100,000 ordinary opens and connects none is
# flagged.
# full
# timeout: 240
# arches: arm64
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1
echo a >race-a
echo b >race-b
ln -s /tmp/race-a race-link
ip link set lo up 2>/dev/null || busybox ifconfig lo 127.0.0.1 up

# record WHAT CALL COUNT: writes the calls to WHAT.json, and the program's own results to WHAT.true.
record() {
	lx -q -e "$2" --format json -o "$1.json" -- cap_race "$1" "$3"
	is "$1: status ($(head -c 300 err) $(head -c 300 out))" "$status" 0
	cp out "$1.true"
	is "$1: calls" "$(wc -l <"$1.true")" "$3"
	grep -q a "$1.true" && grep -q b "$1.true" || fail "$1: nothing flipped"
}

# judge WHAT: WHAT.shown has a line "VALUES RACED" for each event. The value that the kernel used must be among VALUES;
# an event with two different values is flagged as raced.
judge() {
	is "$1: events" "$(wc -l <"$1.shown")" "$(wc -l <"$1.true")"
	paste -d ' ' "$1.true" "$1.shown" >"$1.both"
	awk '!index($2, $1) { print "line " NR ": " $0; bad = 1 } END { exit bad }' "$1.both" >wrong ||
		fail "$1: the truth is not shown (truth, shown, raced): $(head -n 5 wrong | tr '\n' ',')"
	echo "# $1: $(cut -d ' ' -f 2,3 "$1.both" | sort | uniq -c | tr -s ' \n' ' ')"
}

path() {
	record path openat 6000
	jq -r 'select(.syscall == "openat") | select(.opened? // "" | startswith("/tmp/race-")) |
		"\(.args.filename | if type == "object" then .value else . end | .[-1:])\(.opened[-1:]) \(.flags | index("raced") != null)"' \
		path.json >path.shown
	judge path
	is "path: raced shows another value" "$(jq -c 'select(.raced?) | .args.filename == .raced.filename or .raced.filename == null' path.json | grep -c true)" 0
	grep -q true path.shown || fail "path: no event of 6,000 is raced"
	is "path: half of them are not" "$(($(grep -c false path.shown) > 3000))" 1
}

address() {
	record address connect 4000
	jq -r 'def letter: if .port == 4001 then "a" elif .port == 4002 then "b" else "?" end; select(.syscall == "connect") |
		"\(.args.uservaddr | letter)\(.raced // {} | .uservaddr // {} | letter) \(.flags | index("raced") != null)"' address.json >address.shown
	judge address
	! grep -vE '^(a\? false|b\? false|ab true|ba true)$' address.shown >wrong ||
		fail "address: raced, with two values, or else with one: $(sort wrong | uniq -c)"
	# The record has the peer that the socket was really connected to. If that is not the address in the arguments,
	# the event is flagged as raced.
	jq -c 'select(.syscall == "connect") | .connected.peer.port as $peer | select(($peer != 4001 and $peer != 4002) or
		($peer != .args.uservaddr.port and (.flags | index("raced") == null)))' address.json >wrong
	[ ! -s wrong ] || fail "address: another peer: $(head -c 600 wrong)"
	is "address: half of them are not" "$(($(grep -c false address.shown) > 2000))" 1
}

# The path of a link stays the same, but the link's target changes: the opened file is recorded, and the event is not
# flagged.
link() {
	record link openat 3000
	jq -r 'select(.args.filename? == "/tmp/race-link") | "\(.opened[-1:]) \(.flags | index("raced") != null)"' link.json >link.shown
	judge link
	! grep -q true link.shown || fail "link: an event is raced"
}

ordinary() { # WHAT CALL COUNT PATTERN
	linxcap -q -e "$2" -w calls.cap --stats=stats --buffer 64M -- cap_race "$1" "$3" || fail "$1: status $?"
	everything "$1" stats
	linxcap -q -r calls.cap --format json >calls.json
	is "$1: events" "$(grep -c "$4" calls.json)" "$3"
	! grep -m1 '"raced"' calls.json || fail "$1: an ordinary one is raced"
}

path
address
link
# The option --no-resolved leaves out the opened file and the connected peer.
lx -q --no-resolved -e openat,connect --format json -o plain.json -- cap_race address 200
! grep -m1 -e '"opened"' -e '"connected"' plain.json || fail "--no-resolved: recorded all the same"
ordinary opens openat 100000 '"filename":"/tmp/race-a"'
ordinary connects connect 20000 '"uservaddr":{[^}]*"port":4001'
