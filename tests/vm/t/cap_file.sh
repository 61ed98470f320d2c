#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Capture files replay exactly the recorded events, whether the files are whole, cut, damaged, concatenated, through
# pipes, on a full disk.
# full
# timeout: 400
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1

replay() { # FILE OUTPUT [ARG...]: status in $status
	local file=$1 to=$2
	shift 2
	status=0
	linxcap -r "$file" --format json "$@" >"$to" 2>err </dev/null || status=$?
}

# same NAME FILE FILE: expects that the two files are equal.
same() { cmp -s "$2" "$3" || fail "$1: $(diff "$2" "$3" | head -4 | cut -c1-300)"; }

events() { grep -v '^{"kind":"certificate"' "$1"; }

whole() {
	lx -w a.cap --stats=a.stats -- sh -c 'ls / | wc; cat /not/there; exit 3'
	is "status of the command" "$status" 3
	everything "recorded" a.stats
	is "mode of the file" "$(stat -c %a a.cap)" 600
	replay a.cap a.json --stats=r.stats
	is "replay: status ($(cat err))" "$status" 0
	is "replay: account" "$(jq -c '[.selected, .committed, .lost, .cpus]' r.stats)" "$(jq -c '[.selected, .committed, .lost, .cpus]' a.stats)"
	replay a.cap again.json
	same "replayed twice" a.json again.json
	is "events of the file" "$(count a.json '.kind == "syscall"')" "$(jq .events r.stats)"
	linxcap -q -r - --format json <a.cap >pipe.json 2>err || fail "from standard input: $(cat err)"
	same "through a pipe" a.json pipe.json
}

# A recording that is sent through pipes and a live one printed as JSON have the same kinds of events. On arm64 the
# addresses of libraries decide what the dynamic linker unmaps around them, so address randomisation is off.
live() {
	local random=/proc/sys/kernel/randomize_va_space
	echo 0 >$random
	linxcap -q -w - -- touch /tmp/touched 2>err | tee live.cap | linxcap -q -r - --format json >live.json 2>>err
	is "-w - | -r -: status" "${PIPESTATUS[*]}" "0 0 0"
	is "-w - | -r -: standard error" "$(cat err)" ""
	linxcap -q --format json -o direct.json -- touch /tmp/touched >out 2>err
	echo 2 >$random
	jq -r 'select(.kind != "task") | [.kind, .syscall // "", .errno // "", .comm] | @tsv' live.json >l
	jq -r 'select(.kind != "task") | [.kind, .syscall // "", .errno // "", .comm] | @tsv' direct.json >d
	same "to a file and live" l d
}

narrowed() {
	replay a.cap n.json -e trace=openat,execve
	is "narrowed: status" "$status" 0
	same "narrowed on replay" <(jq -c 'select(.syscall == "openat" or .syscall == "execve")' n.json) \
		<(jq -c 'select(.syscall == "openat" or .syscall == "execve")' a.json)
	is "nothing else" "$(count n.json '.kind == "syscall" and .syscall != "openat" and .syscall != "execve"')" 0
	refused "what only recording can do" 2 'status=' -r a.cap -e status=failed
	replay a.cap n.json -n 5
	is "-n 5 on replay" "$(count n.json '.kind == "syscall"')" 5
}

concatenated() {
	cat a.cap live.cap >two.cap
	replay two.cap two.json
	is "two captures: status ($(cat err))" "$status" 0
	same "two captures" <(events a.json; events live.json) <(events two.json)
}

# essence: prints events without their process, because the block that describes it may be missing (the event is then
# flagged as stale), and without calls whose return is missing.
essence() {
	perl -ne 'next if /^\{"kind":"certificate"/ || /"unfinished"/; /"cpu":(\d+),"seq":(\d+)/ or next;
		my $key = "$1 $2";
		my $what = /"syscall":"(\w+)"/ ? $1 : /^\{"kind":"(\w+)"/ ? $1 : "";
		my $args = $what =~ /^execve/ ? "" : /"args":(.*?),"flags"/ ? $1 : "";
		print "$key $what $args\n"' "$1" | sort -s -k1,1n -k2,2n
}

# part_of NAME PART: expects that the events of each CPU in PART are the first of those in a.json.
part_of() {
	essence "$2" >got
	awk 'NR == FNR { whole[$1] = whole[$1] $0 "\n"; next } { part[$1] = part[$1] $0 "\n" }
		END { for (c in part) if (index(whole[c], part[c]) != 1) { print "CPU " c; exit 1 } }' want got >bad ||
		fail "$1: other events than in the whole file, $(cat bad): $(diff want got | grep '^>' | head -n 3 | cut -c1-300)"
}

# A file cut at any length shows its whole events and reports that the end is missing.
cut_off() {
	local size at shown=0 last=0
	size=$(stat -c %s a.cap)
	essence a.json >want
	for ((at = 997; at < size; at += 997)); do
		head -c "$at" a.cap >cut.cap
		replay cut.cap cut.json
		is "cut at $at of $size: status ($(cat err))" "$status" 1
		grep -Eq 'cut off|end of the capture' err || fail "cut at $at: $(cat err)"
		[ -s cut.json ] || [ "$last" -gt 0 ] || continue # within the header
		part_of "cut at $at" cut.json
		shown=$(wc -l <got)
		[ "$shown" -ge "$last" ] || fail "cut at $at: fewer events ($shown) than before ($last)"
		last=$shown
	done
	[ "$last" -gt 0 ] || fail "no cut showed any event"
}

damaged() { # NAME OFFSET: what is before it is shown, then where it is damaged
	cp a.cap bad.cap
	printf '\xa5\x5a\xa5' | dd of=bad.cap bs=1 seek="$2" conv=notrunc 2>/dev/null
	replay bad.cap bad.json
	is "$1: status ($(cat err))" "$status" 1
	has "$1" err 'damaged'
	part_of "$1" bad.json
}

all_damaged() {
	local size
	size=$(stat -c %s a.cap)
	damaged "header" 200
	damaged "last block" $((size - 2000))
	has "last block" err 'offset [0-9]+'
	for n in /etc/passwd /dev/null; do
		refused "$n" 1 "$n: not a linx capture" -r "$n"
	done
	refused "a directory" 1 'director' -r /tmp
	refused "no file" 1 '/not/there' -r /not/there
}

full_disk() {
	mkdir -p /tmp/small
	mount -t tmpfs -o size=700k tmpfs /tmp/small || fail "mount"
	lx -w /tmp/small/x -- sh -c 'i=0; while [ $i -lt 40 ]; do ls -la /usr/bin >/dev/null; i=$((i + 1)); done'
	is "full disk: status" "$status" 1
	has "full disk" err '^linxcap: .*No space left'
	is "full disk: reported once" "$(grep -c 'No space' err)" 1
	replay /tmp/small/x full.json
	[ "$status" -le 1 ] || fail "full disk: replay: status $status"
	[ "$(count full.json '.kind == "syscall"')" -gt 0 ] || fail "full disk: nothing is left of it: $(cat err)"
	umount /tmp/small
	status=0
	# The command itself reports the failed write to /dev/full and continues, perhaps after linxcap has ended.
	linxcap --format json -- ls -la /usr/bin >/dev/full 2>full.err || status=$?
	is "/dev/full: status" "$status" 1
	has "/dev/full" full.err '^linxcap: .*No space left'
}

closed_pipe() {
	linxcap -- ls -la /usr/bin 2>err </dev/null | head -n 3 >three
	is "closed pipe: status" "${PIPESTATUS[0]}" 0
	is "closed pipe: says nothing" "$(cat err)" ""
	linxcap -r a.cap --format json 2>err | head -n 3 >three
	is "closed pipe, replay: status" "${PIPESTATUS[0]}" 0
	is "closed pipe, replay: says nothing" "$(cat err)" ""
	is "three lines" "$(wc -l <three)" 3
}

limits() {
	lx -n 5 --format json -o n.json -- ls /
	is "-n: status ($(cat err))" "$status" 0
	is "-n 5" "$(count n.json '.kind == "syscall"')" 5
	lx --for 300ms --format json -o n.json -- sleep 5
	is "--for: status ($(cat err))" "$status" 0
	is "--for: certificate" "$(count n.json '.kind == "certificate" and .complete')" 1
}

whole
live
narrowed
concatenated
cut_off
all_damaged
full_disk
closed_pipe
limits
