# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# shellcheck shell=bash
# Compares the events of the program cap_uring with the list that it wrote of its own operations.

modern=yes
case $(uname -r) in 5.*) modern=no ;; esac

# A jq expression for the text of an operation's call: a path, written or read bytes, or an address.
text='[.args.filename?, .args.pathname?, .args.oldname?, .args.buf?, .args.buff?, .args.ubuf?, .args.uservaddr?.path?] |
	map(select(. != null) | if type == "object" then (.value? // empty) else . end) | .[0] // "-"'

# recorded: counts the operations, listed in the file named out, that have events. Operations that were refused before they
# began have events only since Linux 6.0.
refused=' -\(22\|14\) '
[ $modern = no ] || refused='^$'
recorded() { grep -vc "$refused" out; }

# A kernel that does not report refused operations has no event for an operation with an unknown opcode.
invalid='^io_uring_enter [0-9]* -22 '
[ $modern = yes ] || invalid='^$'

# compare NAME: expects that each operation of the program is recorded once, with its result.
compare() {
	local name=$1
	jq -r 'select(.kind == "syscall" and (.flags | index("io_uring")) and .dir == "exit") |
		"\(.syscall) \(.io_uring.user_data) \(.ret)"' "$name.json" | sort -k2n >got
	grep -v "$refused" out | sort -k2n | cut -d ' ' -f 1-3 >want
	cmp -s got want || fail "$name: operations: $(diff got want | head -n 20)"
	is "$name: all that is marked has an opcode" "$(count "$name.json" '.io_uring? and (.io_uring.opcode | type != "object" and type != "number")')" 0
	is "$name: all is of the program" "$(jq -r 'select(.io_uring?) | .comm' "$name.json" | sort -u | grep -cv 'cap_uring\|iou-sqp')" 0
	is "$name: no record without a mark" "$(count "$name.json" '(.io_uring? != null) != ((.flags // []) | index("io_uring") != null)')" 0
}

# arguments NAME: expects that the recorded arguments of each operation are those that the program passed.
arguments() {
	[ $modern = yes ] || return 0
	jq -r "select(.io_uring? and .dir == \"exit\") | [.io_uring.user_data, ($text)] | @tsv" "$1.json" | sort -n | cut -f 2 >got
	sort -k2n out | cut -d ' ' -f 4- | sed 's/^null$/-/' >want
	cmp -s got want || fail "$1: arguments: $(diff got want | head -n 20)"
	is "flags by name" "$(count "$1.json" '.io_uring?.user_data == 1001 and .syscall == "openat" and (.args.flags.names | index("O_CREAT"))')" 1
	is "the whole entry" "$(count "$1.json" '.io_uring?.user_data == 1004 and .syscall == "readv" and .io_uring.entry.off == 7 and .io_uring.entry.len == 1')" 1
	is "unreadable says so" "$(count "$1.json" '.io_uring? and .args.filename?.state? == "unreadable" and .ret == -14')" 1
}

# record NAME CALLS WORD: runs cap_uring WORD and records its CALLS into NAME.json and stats.
record() {
	lx -e trace="$2" --format json --stats=stats -o "$1.json" -- cap_uring "$3"
	is "$1: status ($(cat err))" "$status" 0
}
