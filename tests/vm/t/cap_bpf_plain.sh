#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Engine bpf: hits of probes that record arguments alone have a path of their own (bpf/probe/plain.h). It writes the same
# as the general path, for the only probed function and for one of several, to the ring's end and beyond.
# full
# with: probed
# timeout: 600
. "$JOB/guest/cap.sh"

[ -e /sys/kernel/btf/vmlinux ] || skip "this kernel does not describe its types (BTF)"
[ "$(uname -r | cut -d . -f 1)" != 5 ] || skip "the engine bpf has probes from Linux 5.17 on"
cd /tmp || exit 1
insmod "$JOB/probed.ko" || fail "insmod"

# More records than the ring has room for: some of them lie across its end.
CALLS=6000
plain='kprobe:probed:linx_probed(n=$1, low=$1:s8, high=$1:u16, f=$6)'

# of NAME OPTIONS...: records the calls, and prints the arguments of the hits of the first probe.
of() {
	local name=$1
	lx --engine bpf -e none --buffer 256K "${@:2}" --format json -o "$name.json" --stats="$name.stats" \
		-- sh -c "for i in 1 2 3 4 5 6; do echo $((CALLS / 6)) >/sys/module/probed/parameters/calls; sleep 0.3; done"
	is "$name: status ($(cat err))" "$status" 0
	holds "$name: each hit" "$name.stats" ".probes[0] | .selected == $CALLS and .committed == $CALLS"
	holds "$name: whole account" "$name.stats" '.selected == .committed'
	grep '"kind":"probe"' "$name.json" | grep '"low"' >"$name.hits"
	jq -c .args "$name.hits" >"$name.args"
}

of one --probe "$plain"
jq -e "(.n % 256) as \$b | .low == (if \$b > 127 then \$b - 256 else \$b end) and .high == .n and .f == 6" one.args >facts
is "one: right arguments" "$(sort -u facts)" true
is "one: hits" "$(wc -l <one.args)" $CALLS
is "one: context and task" "$(jq -c '[.context, .comm]' one.hits | sort -u)" "$(jq -c '[.context, .comm]' one.hits | head -n 1)"
is "one: numbers" "$(jq .args.n one.hits | sort -n | uniq -c | awk '{ print $1 }' | sort -u)" 6

# A test that each hit passes takes the general path.
of general --probe "$plain if n >= 0"
cmp one.args general.args || fail "general: other arguments"
of many --probe "$plain" --probe 'kprobe:probed:linx_probed_within($1)' --probe 'kprobe:vfs_read($3)'
cmp one.args many.args || fail "many: other arguments"
holds "many: the others' hits" many.stats ".probes[1].selected == $CALLS and .probes[1].committed == $CALLS and .probes[2].selected > 0"
rmmod probed
