#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Arbitrary bytes in names, paths and arguments do no harm in any format: they break no line, no JSON object and no
# terminal, and JSON readers can restore them.
# full
# timeout: 150
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1

# shown NAME FILE LEAST: expects that the file has at least LEAST lines, and is valid UTF-8 without control characters.
shown() {
	[ "$(wc -l <"$2")" -ge "$3" ] || fail "$1: $(wc -l <"$2") lines: $(head -c 300 "$2")"
	! LC_ALL=C grep -anm1 '[[:cntrl:]]' "$2" >wrong || fail "$1: a control byte: $(head -c 300 wrong | od -c | head)"
	perl -ne 'utf8::decode(my $s = $_) or exit 1; exit 1 if $s =~ /[\x{80}-\x{9f}]/' "$2" || fail "$1: no UTF-8, or a control character"
}

linxcap -q --fds -w s.cap -- cap_strings go 2>err || fail "record: $(cat err)"
for format in text strace line json '%linx.comm %linx.cmdline %linx.args %linx.cwd %linx.fds %linx.fullpath'; do
	linxcap -q -r s.cap --format "$format" >out 2>err || fail "$format: $(cat err)"
	shown "$format" out 20
	case $format in
	line | %*) cp out "lines.${format:0:1}" ;;
	json) cp out s.json ;;
	esac
done

# JSON has as many lines as calls, each of them one object.
jq -e . s.json >/dev/null || fail "json: not an object a line"
calls=$(count s.json '.kind == "syscall"')
is "lines" "$(wc -l <lines.l)" "$calls"
is "lines of a template" "$(wc -l <lines.%)" "$calls"
is "lines with a time and a direction" "$(grep -cE '^[0-9-]{10} [0-9:.]{18} : \([<>]\) \([a-z0-9_]+\) \(' lines.l)" "$calls"
grep -qF '(a) \n\33[31m\377)' 'lines.%' || fail "the name in a line: $(head -n 3 lines.%)"

# JSON restores the original strings, even bytes that are not UTF-8.
same() { # NAME FILTER: the strings that it finds, NUL behind each, are those on standard input
	jq -j "first($2) | (if type == \"array\" then .[] else . end) + \"\\u0000\"" s.json | bytes >got
	cmp -s - got || fail "$1: $(head -c 200 got | od -c | head -n 6)"
}
printf 'a) \n\033[31m\377\0' | same "name" 'select(.kind == "syscall" and (.comm | startswith("a) "))) | .comm'
printf '/tmp/a\n\033]0;title\a\377\302\303\244\342\200\256b\r"\\)\0' | same "path opened" 'select(.opened? // "" | startswith("/tmp/a")) | .opened'
printf 'a\n)\0\0\033[2J\0\377\302\0"\\\0' | same "arguments" 'select(.kind == "exec" and .argv[0]? == "a\n)") | .argv'
{ printf 'long\0\n\033[2J\377'; head -c $((131071 - 6)) /dev/zero | tr '\0' x; printf '\0last\0'; } |
	same "128 KiB" 'select(.kind == "exec" and .argv[0]? == "long") | .argv'
# A program that is executed without arguments gets one empty argument from the kernel since Linux 5.18.
is "no arguments" "$(count s.json '.kind == "exec" and (.argv == [] or .argv == [""])')" 1
