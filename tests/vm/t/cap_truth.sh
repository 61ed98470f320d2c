#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The captured memory of arguments is the memory that the kernel used, or is marked as unreadable.
# quick
# timeout: 120
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1

# bytes: converts the text of a JSON string back to the bytes that it stands for (docs/json.md, Strings)
bytes() {
	perl -0777 -pe 's/\xf4\x8f([\xba\xbb])([\x80-\xbf])/chr(0x80 + (ord($1) - 0xba) * 0x40 + ord($2) - 0x80)/ge'
}

values() { # FILE CALL: "state value" of the first path or buffer, a line per event
	jq -c "select(.syscall == \"$2\") | .args.filename // .args.buf | if type == \"object\" then [.state, .value, .len] else [\"whole\", ., null] end" "$1"
}

# The path is in a page that no access has made present before the call. The kernel reads it, so the event must have its
# content.
lazy() {
	printf '/etc/passwd\0' >lazy.file
	lx -e trace=openat,faccessat,write --format json -o lazy.json -- cap_truth lazy lazy.file
	is "untouched pages: status ($(cat err))" "$status" 0
	is "untouched at entry, read at return" "$(values lazy.json openat | grep -v lazy.file)" '["late","/etc/passwd",11]'
	is "the event is flagged" "$(count lazy.json '.syscall == "openat" and .args.filename.state? == "late" and (.flags | index("late")) and .ret >= 0')" 1
	is "read by the kernel before us" "$(values lazy.json faccessat)" '["whole","/etc/passwd",null]'
	is "written from there" "$(values lazy.json write)" '["whole","/etc/passw",null]'
}

strange() {
	lx -e trace=openat,execve --format json -o strange.json -- cap_truth strange
	is "strange: status ($(cat err))" "$status" 0
	jq -s length strange.json >n || fail "the JSON is none"
	values strange.json openat | head -n 11 >got
	is "no path" "$(sed -n 1p got)" '["whole",null,null]'
	for i in 2 3 4; do
		is "unmapped, unmapped, cut off by the end of memory: $i" "$(sed -n ${i}p got)" '["unreadable",null,null]'
	done
	is "too long" "$(sed -n 5p got | jq -c '[.[0], (.[1] | length), .[2]]')" '["truncated",4096,5000]'
	is "empty" "$(sed -n 6p got)" '["whole","",null]'
	is "no empty string where nothing could be read" "$(count strange.json '.ret == -14 and .args.filename == ""')" 0
	sed -n 7,11p got | jq -j '.[1] + "\u0000"' | bytes >paths
	printf '/tmp/\xff\xfe\x80\0/tmp/a\tb\nc\x1b[31m\x7f\x01\0/tmp/\xc3\xa4\xe2\x82\xac\0/tmp/"quoted\\"\0/tmp/\xf4\x8f\xba\x80\0' >want
	cmp -s paths want || fail "paths of strange bytes: got $(od -An -tx1 paths), wanted $(od -An -tx1 want)"
	jq -j 'select(.syscall == "execve" and .args.argv[0] == "/usr/bin/true") | .args.argv[] + "\u0000"' strange.json | bytes >argv
	printf '/usr/bin/true\0\xff\xfe\x80\0a\tb\nc\x1b[31m\x7f\x01\0"quoted\\"\0\xc3\xa4\xe2\x82\xac\0\0' >want
	cmp -s argv want || fail "argv of strange bytes: got $(od -An -tx1 argv), wanted $(od -An -tx1 want)"
}

plain() { # FORMAT: nothing in it that a terminal would obey
	lx -e trace=openat,execve --format "$1" -o text -- cap_truth strange
	[ "$(wc -l <text)" -gt 10 ] || fail "$1: $(wc -l <text) lines"
	LC_ALL=C grep -q 'cap_truth' text || fail "$1: does not show the command"
	if LC_ALL=C tr -d '\n' <text | LC_ALL=C grep -q '[[:cntrl:]]'; then
		fail "$1 has a control byte: $(LC_ALL=C tr -d '\n' <text | LC_ALL=C grep -ao '.\{20\}[[:cntrl:]]' | head -n 1 | od -c)"
	fi
}

# Another thread changes the path while the call blocks: the kernel has read it already, and the module's probe reads it
# again at the return.
blocked() {
	local opened=null
	! has_paths || opened='"/tmp/fifo"'
	mkfifo fifo
	lx -e trace=openat --format json -o blocked.json -- cap_truth blocked fifo
	is "blocked: status ($(cat err))" "$status" 0
	is "what it was, what it became, what was opened" \
		"$(jq -c 'select(.flags? | index("raced")) | [.args.filename, .raced.filename, .opened]' blocked.json)" \
		"[\"fifo\",\"/tmp/other\",$opened]"
}

# Another thread changes the path all the time, which affects a random number of calls.
flip() {
	echo a >/tmp/flip-a
	echo b >/tmp/flip-b
	lx -e trace=openat --format json -o flip.json -- cap_truth flip 6000
	is "flip: status ($(cat err))" "$status" 0
	jq -r 'select(.syscall == "openat" and .dir == "exit") | [(.args.filename | if type == "object" then .value else . end), (.flags | index("raced") != null)] | @tsv' flip.json >flips
	is "flip: events" "$(wc -l <flips)" 6000
	is "values that neither thread wrote" "$(cut -f1 flips | sort -u | tr '\n' ' ')" "/tmp/flip-a /tmp/flip-b "
	[ "$(grep -c true flips)" -lt 5000 ] || fail "nearly all are flagged as raced"
	# In events without the flag "raced" the recorded path is the opened one. So the number of events with flip-b
	# may differ from the program's own count of opens only by the number of flagged events.
	read -r a b <out
	seen=$(grep -c 'flip-b' flips)
	raced=$(grep -c true flips)
	[ $((seen - raced)) -le "$b" ] && [ $((seen + raced)) -ge "$b" ] ||
		fail "opened b $b times (a: $a), seen $seen times, raced $raced times"
}

lazy
strange
plain text
plain strace
blocked
flip
