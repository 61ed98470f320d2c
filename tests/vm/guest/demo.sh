#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Shows real programs under linxcap, for `make demo`, on this machine or in a guest. Needs linxcap, busybox, and the
# loaded module or an engine that works without it.
# usage: demo.sh [ENGINE]
set -u

linxcap=linxcap${1:+ --engine $1}

busybox=$(command -v busybox)
work=$(mktemp -d)
httpd=

leave() {
	[ -z "$httpd" ] || kill "$httpd" 2>/dev/null
	rm -rf "$work"
}
trap leave EXIT
trap 'exit 130' INT TERM

# show TITLE COMMAND: prints the title and the command line as a user would type it, then runs it.
show() {
	printf '\n== %s\n$ %s\n' "$1" "$2"
	sh -c "$2" 2>&1
}

serve() {
	mkdir "$work/site"
	echo "Hello from the other end." >"$work/site/hello"
	"$busybox" httpd -f -p 127.0.0.1:8090 -h "$work/site" &
	httpd=$!
	sleep 1
}

cd "$work" || exit 1
mkdir etc
touch etc/hosts etc/passwd etc/group etc/motd

show "a pipeline of the shell: four processes, from their first call to their last" \
	"$linxcap -e trace=execve,pipe2,exit_group -- sh -c 'ls etc | sort -r | head -n 2'"

serve
show "a download over loopback: what goes through the socket" \
	"$linxcap -e trace=socket,connect,read,write -- busybox wget -q -O copy http://127.0.0.1:8090/hello"

show "a file that is not there: who looked for it, and under which name" \
	"$linxcap -e trace=openat -e status=failed -- sh -c 'cat etc/hosts etc/shadow; true'"

cat <<END

The last line of each is the account of the capture: every call that was selected
is delivered, or counted as lost or unread.
END
