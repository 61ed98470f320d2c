#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Some policies of others, written as probes (tests/bench/policies): each hit is one that the kernel's own probes count,
# and has the arguments that the workload gave. tests/bench/policies/run does the same with all policies, and compares
# with bpftrace and perf.
# with: policies
# kernels: 6.1 6.12 7.2
# timeout: 60
. "$JOB/guest/cap.sh"

[ -e "$JOB/policies/data" ] || skip "the policies are not on this machine (LINX_POLICIES)"
cd /tmp || exit 1
mkdir p
policies() { python3 "$JOB/policies/policies.py" "$@"; }
policies check "$JOB/policies/list" "$JOB/policies/data" || fail "the list"
chosen=(tcp-connect-with-selectors kprobe_commit_creds hardlink-observe rawtp)
policies arm "$JOB/policies/list" p "${chosen[@]}" || fail "arm"
is "absent functions" "$(cat p/absent)" ""

tracing=/sys/kernel/tracing
cat p/kprobes >$tracing/kprobe_events || fail "kprobe_events"
while IFS=: read -r group event; do
	echo 'common_pid >= 10000' >"$tracing/events/$group/$event/filter"
	echo 1 >"$tracing/events/$group/$event/enable"
done <p/events
options=()
while IFS= read -r spec; do
	options+=(--probe "$spec")
done <p/specs
background -e none "${options[@]}" -w kmod.cap --stats=stats
while read -r first name <&3; do
	echo $((first - 1)) >/proc/sys/kernel/ns_last_pid
	perl "$JOB/policies/work" "$name" >work.out 2>&1 </dev/null || fail "$name: $(cat work.out)"
done 3< <(policies works p)
echo 300 >/proc/sys/kernel/ns_last_pid
kill -INT "$pid"
ended
is "status ($(cat err))" "$status" 0
grep -q . $tracing/trace || fail "no trace"
sed -nE 's/^.*-([0-9]+) +\[[0-9]+\][^:]*: ([a-z0-9_]+): .*/\1 \2/p' $tracing/trace >traced
for event in $tracing/events/linx_*/*/enable; do
	echo 0 >"$event"
done
while IFS=: read -r group event; do
	awk -v event="$event" -v name="$group:$event" '$2 == event { print $1, name ":" }' traced
done <p/events >p/perf.txt
echo >$tracing/kprobe_events

linxcap -q -r kmod.cap --format json -o p/kmod.json || fail "replay"
policies judge p kmod >judged || fail "hits are not those that the kernel counts: $(grep -v 'equal$' judged)"
is "probes with hits" "$(awk -F '\t' '$3 > 0' judged | wc -l)" "$(wc -l <judged)"

# hits SPEC FILTER: what the jq filter gives for the hits of a probe in threads of the workloads.
hits() {
	local number
	number=$(grep -nxF -- "$1" p/specs | cut -d : -f 1)
	jq -c --argjson n $((number - 1)) "select(.kind == \"probe\" and .number == \$n and .tid >= 10000) | $2" p/kmod.json | sort | uniq -c | xargs
}
connect='kprobe:tcp_connect(sk, net=(u8)sk->__sk_common.skc_daddr)'
is "connects" "$(hits "$connect" '"\(.args.sk.peer.addr):\(.args.sk.peer.port)"')" "4 127.0.0.1:4711 3 127.0.0.2:4712"
is "tested in the kernel" "$(hits "$connect if net = 127" .args.net)" "7 127"
link=$(grep sys_linkat p/specs)
is "links" "$(hits "$link" '"\(.args.oldname) \(.args.olddfd)"')" "1 /etc/passwd -100 1 /not/there -100"
is "executed" "$(hits 'rawtp:sched_process_exec(bprm->filename:str)' '.args["bprm->filename"] | sub(".*/"; "")')" "1 cat 4 perl 1 sh 1 true"
is "changed credentials" "$(hits 'kprobe:commit_creds(new)' 'select(.args.new.suid == 5) | "\(.args.new.uid) \(.args.new.euid)"')" "1 3 4"
holds "complete" stats '[.probes[] | .selected == .committed] | all'
