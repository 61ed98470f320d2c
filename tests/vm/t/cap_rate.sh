#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# --sample and --budget of linxcap, which leave out a part of the calls: these calls are counted, in the account and in
# the file, and all starts of programs are recorded.
# full
# timeout: 120
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1

lx --sample 1/10 --format json -o s.json --stats=s.stats -- cap_storm 4 5000 20
is "sample: status ($(cat err))" "$status" 0
accounts "sample" s.stats
holds "sample: each call was taken or left out" s.stats '.calls.getppid | .selected + .sampled == 20000'
holds "sample: one of ten was taken" s.stats '.calls.getppid.selected >= 2000 and .calls.getppid.selected < 2200'
is "sample: the taken ones are there" "$(count s.json '.syscall == "getppid"')" "$(jq .calls.getppid.selected s.stats)"
holds "sample: programs that start are all there" s.stats '.calls.execve.sampled == 0 and .calls.execve.selected > 0'
holds "sample: all together" s.stats '.sampled == ([.calls[].sampled] | add) and .sampled == ([.cpus[].sampled] | add)'
has "sample: the certificate has it" s.json '"kind":"certificate".*"sampled":'

lx --sample 1/10 --sample 1/1:getppid -w s.linx -- cap_storm 4 5000 20
is "sample, to a file: status ($(cat err))" "$status" 0
lx -r s.linx --format json -o r.json --stats=r.stats
is "sample, from a file: status ($(cat err))" "$status" 0
accounts "sample, from a file" r.stats
is "sample: a later one holds" "$(count r.json '.syscall == "getppid"')" 20000
holds "sample: the file reports what was left out" r.stats '.sampled > 0 and .calls.getppid.sampled == 0'

lx --budget 400 --format json -o b.json --stats=b.stats -- cap_storm 4 5000 20
is "budget: status ($(cat err))" "$status" 0
accounts "budget" b.stats
holds "budget: each call was recorded or lost" b.stats '.calls.getppid | .committed + .lost == 20000'
holds "budget: calls were lost to it, and to nothing else" b.stats '.lost.budget > 5000 and ([.lost[]] | add) == .lost.budget'
holds "budget: programs that start are all there" b.stats '.calls.execve.lost == 0 and .calls.execve.selected > 0'
is "budget: those recorded are there" "$(count b.json '.kind == "syscall" and .syscall == "getppid"')" "$(jq .calls.getppid.committed b.stats)"
is "budget: steps are reported" "$(($(count b.json '.kind == "budget" and .syscall == "getppid" and .to == "counts"') > 0))" 1
lx --budget 400 --priority getppid --stats=p.stats -- cap_storm 4 5000 20
accounts "priority" p.stats
holds "priority: what has it is no part of the budget" p.stats '.calls.getppid | .committed == 20000 and .lost == 0'
lx --priority nosuchcall -- true
is "priority: a call that is not there" "$status" 2
lx --budget 400 -- cap_storm 4 5000 20
has "budget: in text too" out '^.*--- budget: getppid on cpu [0-9]+: (full|scalars) to (scalars|counts) ---$'

# Prints the nice values of linxcap and of its command, from /proc.
nice_values() { # OPTIONS...
	linxcap -q -o /dev/null "$@" -- sh -c 'cut -d" " -f19 /proc/$PPID/stat /proc/self/stat' | tr '\n' ' '
}
is "ahead: linxcap, and its command" "$(nice_values)" "-5 0 "
is "ahead by none" "$(nice_values --ahead 0)" "0 0 "
