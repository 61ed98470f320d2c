#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The engines module, bpf and ptrace record the same for the calls of the program engines_agree, whose arguments they
# could treat by different rules.
# full
# arches: arm64
# timeout: 500
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
same='select(.kind == "syscall" and .dir == "exit" and (.abi == "x32" or (.syscall | IN("mincore", "prctl", "connect")))) |
	[.abi, .nr, .syscall, .ret, .comm, (.args | del(.start, .addr))]'

# record ENGINE: prints the recorded calls of the program, one line for each.
record() {
	lx --engine "$1" -s 4096 --format json -o "$1.json" -- engines_agree
	[ "$status" = 0 ] || [ "$status" = 3 ] || fail "$1: status $status: $(head -c 300 err)"
	jq -c "$same" "$1.json" >"$1.calls" || fail "$1: no JSON"
	[ "$(wc -l <"$1.calls")" -ge 7 ] || fail "$1: too few calls: $(head -c 600 "$1.calls")"
}

record kmod
record ptrace
rmmod linx || fail "rmmod"
record bpf
for engine in ptrace bpf; do
	diff kmod.calls "$engine.calls" >diff || fail "$engine differs from the module: $(cut -c1-400 diff | head -n 20)"
done

# move_pages() of x32 had an entry of its own before Linux 5.15, which used only 32 bits of the number of pages.
if [ "$(uname -m)" = x86_64 ] && grep -q x32 kmod.calls; then
	case $(uname -r) in
	[1-4].* | 5.[0-9].* | 5.1[0-4].*) pages=2 ;;
	*) pages=4294967298 ;;
	esac
	for engine in kmod ptrace bpf; do
		is "$engine: pages of move_pages" "$(jq -r 'select(.abi == "x32" and .nr == 533 and .dir == "exit") | .args.nr_pages' $engine.json)" $pages
	done
fi
