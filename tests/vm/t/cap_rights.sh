#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Descriptors are passed through a socket, and the paths of some fill the record: a further descriptor is recorded by
# device and inode.
# timeout: 120
# arches: arm64
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1
lx -q -y -e trace=sendmsg -e signal=none --format json -o json -- cap_rights
is "status ($(cat err))" "$status" 0
read -r fd inode <out
is "path, or device and inode" "$(jq -c 'select(.syscall == "sendmsg") | .args.msg.msg_control[0].cmsg_data[2] | [.value, .state, .ino]' json)" \
	"[$fd,\"unavailable\",$inode]"
is "the others" "$(jq -c 'select(.syscall == "sendmsg") | .args | [.fd, .msg.msg_control[0].cmsg_data[]] | map(.type)' json)" \
	'["socket","file","file","file"]'
