#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The C examples of the documentation, run with the module, print the same as linxcap for the same calls.
# quick
# arches: arm64
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
cp "$(command -v cat)" failing

# The example reader prints each opened path until it is killed.
"$JOB/prog/example_reader" >reader.out 2>reader.err &
reader=$!
opened() {
	cat /not/there 2>/dev/null
	grep -qE 'cat\[[0-9]+\] +openat\(AT_FDCWD, "/not/there", O_RDONLY\) += -1 ENOENT' reader.out
}
soon opened || fail "reader: $(head -c 400 reader.out reader.err)"
kill $reader
[ ! -s reader.err ] || fail "reader: $(cat reader.err)"

# The epoll example counts failed calls by name until it is asked to end.
linxcap -q --format json -e status=failed -o failed.json 2>err &
linxcap=$!
"$JOB/prog/example_epoll" >epoll.out 2>epoll.err &
epoll=$!
both() {
	cat /not/there 2>/dev/null
	grep -q '"comm":"cat"' failed.json && grep -q '^cat ' epoll.out
}
soon both || fail "epoll: $(head -c 400 epoll.out epoll.err)"
for i in 1 2 3 4 5; do ./failing /not/there 2>/dev/null; done
sleep 1
kill $linxcap && wait $linxcap
kill $epoll && wait $epoll || fail "epoll: status $?: $(cat epoll.err)"
is "failed calls of five runs" "$(awk '$1 == "failing" { n = $2 } END { print n + 0 }' epoll.out)" \
	"$(count failed.json '.kind == "syscall" and .comm == "failing"')"
[ "$(count failed.json '.comm == "failing"')" -ge 5 ] || fail "that many should have failed: $(count failed.json .)"

# The example that counts the calls in a capture has the same counts as linxcap, and reports that the capture is
# complete.
linxcap -q -w capture -- sh -c 'cat /not/there; ./failing /not/there; true' 2>/dev/null
linxcap -q -r capture --format json -o capture.json
"$JOB/prog/example_replay" capture >replay.out 2>&1 || fail "replay: $(cat replay.out)"
is "replay: its end" "$(tail -n 1 replay.out)" complete
is "replay: calls" "$(awk '$3 == "calls" { n += $2 } END { print n }' replay.out)" \
	"$(count capture.json '.kind == "syscall" and .dir != "enter"')"
is "replay: execve" "$(awk '$1 == "execve" { print $2 }' replay.out)" 3
is "replay of a condition" "$("$JOB/prog/example_replay" capture 'linx.comm = failing' | awk '$1 == "openat" { print ($4 > 0) }')" 1
