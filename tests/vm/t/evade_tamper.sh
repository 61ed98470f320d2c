#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A process that traces the reader, writes into its memory, copies its descriptors, tries to unload the module or opens
# objects of the engine bpf is reported, whatever is selected and filtered. A process without rights, to whom the kernel
# refuses that, makes no report. Other modules, processes and objects make none either. t/evade_tamper_bpf does the same
# with the engine bpf.
# quick
# timeout: 200
# kernels: 6.1 6.12 7.2
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
tamper() { /job/prog/evade_tamper "$@"; }

# seen N: succeeds if there are N reports.
seen() { [ "$(count got.json '.kind == "tamper"' 2>/dev/null)" = "$1" ]; }

# attempts ENGINE WANTED ATTEMPT...: records with an engine while somebody interferes. Each attempt is an action of
# evade_tamper, of which PID is the reader. WANTED are the reports.
attempts() {
	local engine=$1 wanted=$2 what n=0
	shift 2
	linxcap --engine "$engine" -e trace=reboot --comm nobody --format json -o got.json --stats=stats.json 2>err &
	pid=$!
	soon recording $pid
	for what in "unload linx" "unload nosuch" "attach $pid" "seize $pid" "write $pid" "take $pid" "prog linx_" "map linx_ring" "link any"; do
		# shellcheck disable=SC2086
		! tamper nobody $what || fail "$engine: nobody, $what: the kernel did it"
	done
	tamper nobody nothing $pid || fail "$engine: nobody, nothing: refused"
	for what in attach write take; do
		tamper $what $other || fail "$engine, $what: another process: refused"
	done
	tamper own map || fail "$engine: a map of its own: refused"
	for what in "$@"; do
		# shellcheck disable=SC2086
		tamper ${what/PID/$pid} || [[ $what == unload* ]] || fail "$engine, $what: refused"
		n=$((n + 1))
		soon seen $n
	done
	kill -INT $pid
	wait $pid
	is "$engine: status" $? 0
	is "$engine: the reports" "$(jq -r 'select(.kind == "tamper") | .what' got.json | xargs)" "$wanted"
	is "$engine: who" "$(jq -r 'select(.kind == "tamper") | .comm // .process.comm' got.json | sort -u)" evade_tamper
	# The recording itself works.
	holds "$engine: the account" stats.json '(.complete or .skipped > 0) and (has("tampers") | not)'
}

sleep 10000 &
other=$!
case ${engine:-kmod} in
kmod) attempts kmod "unload traced traced traced taken" "unload linx" "attach PID" "seize PID" "write PID" "take PID" ;;
bpf)
	attempts bpf "traced traced traced taken opened opened opened" \
		"attach PID" "seize PID" "write PID" "take PID" "prog linx_" "map linx_ring" "link any"
	;;
esac
kill $other
