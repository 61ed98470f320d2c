#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Attacks by a path through a directory that is replaced while the kernel walks the path, by calls that the program's
# own seccomp filter refuses, and by a call that a tracer emulates.
# timeout: 150
. "$JOB/guest/cap.sh"

cd /tmp || exit 1

lx -q -y -e trace=openat --format json --stats=stats -o s.json -- cap_evade swap
is "swap: status ($(cat err))" "$status" 0
everything swap stats
jq -r 'select(.args.filename == "/tmp/dir/file" and .dir == "exit") | .ret_fd.path' s.json >got
[ "$(wc -l <got)" -ge 500 ] || fail "swap: $(wc -l <got) opens"
! has_paths || cmp -s out got || fail "what was opened in truth is not what is recorded: $(diff out got | head -n 6)"
[ "$(sort -u out | wc -l)" = 2 ] || fail "nothing was swapped"

lx --format json -o r.json -- cap_evade seccomp
is "seccomp: status ($(cat err))" "$status" 0
is "a refused call is seen at its return" "$(jq -r 'select(.syscall == "unlink") | "\(.dir) \(.args.pathname) \(.ret)"' r.json)" "exit /tmp/refused -71"
is "one that is made a signal has its own number for a result" "$(jq -r 'select(.syscall == "rmdir") | "\(.dir) \(.args.pathname) \(.ret)"' r.json)" "exit /tmp/trapped 84"
is "a fork that is answered with 0 is not recorded" "$(count r.json '.syscall == "fork"')" 0

touch emulated
lx --entry --format json -o e.json -- cap_evade emulated
is "emulated: status ($(cat err))" "$status" 0
is "a call that its tracer makes up is a return alone" "$(jq -r 'select(.syscall == "unlink") | "\(.dir) \(.args.pathname) \(.ret)"' e.json)" "exit /tmp/emulated 7"
