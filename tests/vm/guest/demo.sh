#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What `make demo` shows, on this machine or in a guest: real programs under
# linxcap. Needs linxcap, the loaded module and busybox.
set -u

busybox=$(command -v busybox)
work=$(mktemp -d)
httpd=

leave() {
	[ -z "$httpd" ] || kill "$httpd" 2>/dev/null
	rm -rf "$work"
}
trap leave EXIT
trap 'exit 130' INT TERM

# show TITLE COMMAND: the command line as one would type it, then what it prints.
show() {
	printf '\n== %s\n$ %s\n' "$1" "$2"
	sh -c "$2" 2>&1
}

serve() {
	i=0
	while [ $i -lt 200 ]; do
		echo "line $i of a file to download"
		i=$((i + 1))
	done >"$work/file"
	"$busybox" httpd -f -p 127.0.0.1:8090 -h "$work" &
	httpd=$!
	sleep 1
}

cd "$work" || exit 1
mkdir etc
touch etc/hosts etc/passwd etc/group etc/motd

show "a pipeline of the shell: every program, from its first call to its last" \
	"linxcap -e trace=execve,pipe2,exit_group -- sh -c 'ls etc | sort -r | head -n 2'"

serve
show "a download over loopback: the client's sockets" \
	"linxcap -e trace=socket,connect,sendto,recvfrom,shutdown -- busybox wget -q -O copy http://127.0.0.1:8090/file"

show "a file that is not there: which one, and why" \
	"linxcap -e trace=openat -- cat etc/shadow"
