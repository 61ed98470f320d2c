# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Checks recordings of the program tests/vm/prog/http_snap.c. To be sourced after guest/t.sh.

PATHS="whole bytes pieces threads vectors vector message messages nothing sent aside first second body behind last l1111 l2222 l3333 w1111 w2222 w3333 cookie beside"

# run_of LETTER: prints the longest run of the letter in the captured text. calls_of LETTER: counts the calls that hold
# a run of the letter.
run_of() { grep -o "$1$1$1$1*" /tmp/text | awk '{ if (length($0) > n) n = length($0) } END { print n + 0 }'; }
calls_of() { grep -c "$1$1$1" /tmp/text; }

check() { # NAME: of the recording /tmp/cap
	linxcap http -r /tmp/cap --format json >/tmp/out 2>/tmp/err || fail "$1: http -r: $(cat /tmp/err)"
	linxcap -r /tmp/cap -s 16384 >/tmp/text 2>/dev/null || fail "$1: -r"
	for path in $PATHS; do
		for side in client server; do
			is "$1: $path $side" "$(grep "\"side\":\"$side\"" /tmp/out | grep "\"path\":\"/$path\"" | grep -c '"status":200,')" 1
		done
	done
	is "$1: requests" "$(grep -c '"kind":"http"' /tmp/out)" 48
	is "$1: found again" "$(grep -c '"resumed":true' /tmp/out)" 0
	is "$1: cookie" "$(run_of c)" 8192
	is "$1: sockets" "$(run_of p) $(calls_of p)" "80 4"
	is "$1: lower case" "$(run_of q)" 76
	is "$1: a longer word" "$(run_of u)" 72
	is "$1: files" "$(run_of v) $(calls_of v)" "75 4"
	is "$1: bodies" "$(run_of w) $(calls_of w)" "80 2"
}
