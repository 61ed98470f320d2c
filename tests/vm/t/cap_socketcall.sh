#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a socket was connected to stands beside its address, also where the call
# is one of i386's socketcall. -y names the file that an address holds there.
# quick
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
ip link set lo up 2>/dev/null || busybox ifconfig lo up
lx --format json -o s.json --stats=s.stats -- cap_socketcall.i386
is "status ($(cat err))" "$status" 0
accounts "socketcall" s.stats
is "connects" "$(count s.json '.syscall == "connect"')" 1
is "the peer, as the kernel has it" "$(jq -r 'select(.syscall == "connect") | .connected.peer | "\(.addr) \(.port)"' s.json)" "127.0.0.1 4242"
is "no other call has one" "$(count s.json '.connected != null')" 1
is "not raced" "$(count s.json '(.flags // []) | index("raced")')" 0

file='</dev/null>'
has_paths || file= # the number stands alone
lx strace -y -e trace=bind -o s.log cap_socketcall.i386
has "the descriptor in an address" s.log "sxdp_shared_umem_fd=0$file\\}, 16\\) = -1 "
