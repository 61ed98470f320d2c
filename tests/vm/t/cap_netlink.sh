#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Messages of netlink sockets are decoded at every call that reads them, even if no descriptors were requested and the
# socket's creation was not recorded.
# full
# timeout: 120
# quick
# arches: arm64
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1
calls=sendto,recvfrom,sendmsg,recvmsg,sendmmsg,recvmmsg,send,recv
request='\{nlmsg_len=32, nlmsg_type=RTM_GETLINK, nlmsg_flags=NLM_F_REQUEST, nlmsg_seq=1, nlmsg_pid=0\}, \{ifi_family=AF_UNSPEC, '
answer='\{nlmsg_len=[0-9]+, nlmsg_type=RTM_NEWLINK, nlmsg_flags=0, nlmsg_seq=1, nlmsg_pid=[0-9]+\}'

# decoded FORMAT PROGRAM REQUESTS ANSWERS [OPTION...]: expects that many decoded requests and answers in the printed
# lines of the program.
decoded() {
	local name="$2 as $1 ${*:5}"
	lx -q -e trace=$calls --format "$1" -o o.txt "${@:5}" -- "$2"
	is "$name: status ($(cat err))" "$status" 0
	is "$name: requests ($(head -c 1500 o.txt))" "$(grep -Ec "$request" o.txt)" "$3"
	is "$name: answers" "$(grep -Ec "$answer" o.txt)" "$4"
	is "$name: a socket that is none" "$(grep -c 'sendto([0-9]*, " \\0\\0\\0\\22\\0\\1' o.txt)" 1
}

# json PROGRAM REQUESTS ANSWERS [OPTION...]: expects the same messages as values in the JSON of the program's calls, and
# plain numbers as its descriptors.
json() {
	lx -q -e trace=$calls --format json -o o.json "${@:4}" -- "$1"
	is "$1 ${*:4}: status ($(cat err))" "$status" 0
	is "$1 ${*:4}: requests" "$(count o.json '[.. | .nlmsg_type? // empty | .text?] | index("RTM_GETLINK")')" "$2"
	is "$1 ${*:4}: answers" "$(count o.json '[.. | .nlmsg_type? // empty | .text?] | index("RTM_NEWLINK")')" "$3"
	is "$1 ${*:4}: descriptors" "$(count o.json '.dir == "exit" and (.args.fd | type) != "number"')" 0
}

decoded text cap_netlink 4 3
# The format of strace decodes fewer messages, as strace does: at calls with a message header strace goes by the address
# in it, and only at calls with a buffer by the family of the socket.
decoded strace cap_netlink 2 1
decoded text cap_netlink 4 3 -T
# The calls are made both directly and through socketcall on i386.
both='4 3'
[ $narrow != i386 ] || both='6 5'
# shellcheck disable=SC2086 # two numbers
decoded text "cap_netlink.$narrow" $both
json cap_netlink 4 3
# shellcheck disable=SC2086
json "cap_netlink.$narrow" $both -u root
# --no-resolved leaves out the values that the kernel resolved. Therefore the family of the socket is unknown and its
# messages are not decoded.
lx -q --no-resolved -e trace=$calls -o o.txt -- cap_netlink
is "--no-resolved" "$(grep -c RTM_ o.txt)" 0
