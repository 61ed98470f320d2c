#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each of a thousand short-lived processes has an exec event with its whole argv, and an exit event; nothing is lost.
# Also programs with long and with many arguments.
# full
# timeout: 300
# arches: arm64
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1

# Prints those parts of a JSON file that are compared, one line for each event: KIND PID NUMBERS ARGV.
extract() {
	jq -r 'if .kind == "exec" and .exe == $exe then ["exec", .pid, "", (.argv | tojson)]
		elif .kind == "exit" and .exe == $exe then ["exit", .pid, "\(.process_ended) \(.exit_code) \(.signal)", ""]
		elif .syscall == "execve" and .ret == 0 and .exe == $exe then ["execve", .pid, "", (.args.argv | tojson)]
		elif .kind == "fork" or .kind == "gap" then [.kind, .pid, "", ""]
		else empty end | join("\t")' --arg exe "$2" "$1" >extract || fail "$1 is not JSON"
}

these() { awk -F'\t' -v k="$1" -v f="$2" '$1 == k { print $f }' extract; }

same() { # NAME GOT WANTED: files
	diff "$3" "$2" >diff.out || fail "$1: $(head -5 diff.out | cut -c1-300)"
}

thousand() {
	linxcap -w a.cap --stats=a.stats -- sh -c 'i=0; while [ $i -lt 1000 ]; do /usr/bin/true "arg $i" "x$((i * 7)) y" ""; i=$((i + 1)); done' ||
		fail "status $?"
	everything "1,000 processes" a.stats
	linxcap -q -r a.cap -e trace=execve --format json >a.json || fail "replay: status $?"
	extract a.json /usr/bin/true
	for ((i = 0; i < 1000; i++)); do
		echo "[\"/usr/bin/true\",\"arg $i\",\"x$((i * 7)) y\",\"\"]"
	done >want
	these execve 4 >got
	same "argv of each execve" got want
	these exec 4 >got
	same "argv of each exec event" got want
	is "exits of these" "$(these exit 3 | sort | uniq -c | tr -s ' ')" " 1000 true 0 null"
	these exec 2 >execed
	these exit 2 >ended
	same "who ended" ended execed
	is "forks" "$(these fork 2 | wc -l)" 1000
	is "gaps" "$(these gap 1 | wc -l)" 0
}

static() {
	linxcap --format json -o b.json --stats=b.stats -- busybox sh -c 'i=0; while [ $i -lt 100 ]; do busybox true "b $i"; i=$((i+1)); done'
	everything "static processes" b.stats
	for ((i = 0; i < 100; i++)); do echo "[\"busybox\",\"true\",\"b $i\"]"; done >want
	jq -c 'select(.kind == "exec" and .argv[1] == "true") | .argv' b.json >got
	same "argv of static ones" got want
	is "their exits" "$(count b.json '.kind == "exit" and .process_ended')" 101
}

long() {
	linxcap --format json -o c.json --stats=c.stats -- bash -c '/usr/bin/true $(printf %0100000d 7) end; /usr/bin/true $(seq 2000)'
	everything "long arguments" c.stats
	{
		printf '["/usr/bin/true","%0100000d","end"]\n' 7
		echo "[\"/usr/bin/true\",$(seq 2000 | sed 's/.*/"&"/' | paste -sd,)]"
	} >want
	extract c.json /usr/bin/true
	these exec 4 >got
	same "long argv of exec events" got want
	these execve 4 >got
	same "long argv of execve" got want
}

thousand
static
long
