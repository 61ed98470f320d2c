#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The peer of a connected socket stands beside the address, also for i386's socketcall. -y names the file of a UNIX
# address. Unreadable values are marked as such.
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

# A value whose length could not be read is printed as its address, and JSON marks it as unreadable.
what='(.args.optval // .args.usockaddr) | .state? // type'
lx --format json -e trace=getsockopt,getsockname -o l.json -- rec_extent calls
is "lengths that are not there" "$(jq -r "select(.dir == \"exit\") | $what" l.json | xargs)" \
	"number number unreadable unreadable unreadable unreadable"
is "flags" "$(jq -c 'select(.dir == "exit") | .flags' l.json | xargs)" "[] [] [unreadable] [unreadable] [unreadable] [unreadable]"
lx strace -e trace=getsockopt,getsockname -o l.log rec_extent calls
is "getsockopt, for people" "$(grep -Ec '^getsockopt\(3, SOL_SOCKET, SO_MARK, 0x[0-9a-f]+, \[4\]\) += 0$' l.log)" 5
has "getsockname, for people" l.log '^getsockname\(3, 0x[0-9a-f]+, \[6\]\) += 0$'
