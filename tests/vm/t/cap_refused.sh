#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The output of a failed call is recorded: the log that the verifier writes about a refused eBPF program.
# quick
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
for program in cap_refused "cap_refused.$narrow"; do
	lx -q -s 1000 -e trace=bpf -o text -- $program
	is "$program: status ($(cat err))" "$status" 0
	has "$program, as text" text 'license="GPL", log_level=1, log_size=4096, log_buf="" => "[^"]*R0 !read_ok[^"]*", .* = -1 EACCES'
	lx -q -s 1000 -e trace=bpf --format json -o json -- $program
	is "$program, as JSON" "$(count json '.dir == "exit" and (.args.uattr.log_buf | .before == "" and (.after | contains("R0 !read_ok")))')" 1
	# strace prints the content that the log buffer had before the call.
	lx -q -s 1000 -e trace=bpf --format strace -o strace -- $program
	has "$program, as strace" strace 'log_size=4096, log_buf="", kern_version='
	# A log that was cut is marked as such.
	lx -q -s 10 -e trace=bpf -o text -- $program
	has "$program, cut" text 'log_buf="" => "[^"]{10,16}"\.\.\., kern_version'
done
