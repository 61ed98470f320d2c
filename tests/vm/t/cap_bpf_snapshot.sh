#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Tasks and files that exist when the engine bpf begins to record: identity, parents, command lines and open
# descriptors.
# full
# kernels: 6.1 6.12 7.2
# timeout: 200
. "$JOB/guest/cap.sh"
. "$JOB/guest/bpf.sh"

cd /tmp || exit 1

# A sleeping parent that makes no call, and a child with an open file.
cat >child.pl <<'END'
open my $f, '<', '/etc/group';
open my $p, '>', 'child.new';
print $p $$;
close $p;
rename 'child.new', 'child.pid';
sleep 1 while 1;
END
perl -e 'system $^X, "child.pl", "", "last"' parent "of it" &
parent=$!
soon [ -s child.pid ]
pid=$(cat child.pid)
lx -q --fds -e trace=clock_nanosleep,nanosleep --format json -o s.json --stats=s.stats --for 3s
is "status ($(cat err))" "$status" 0
accounts "what was there" s.stats
jq -c "select(.kind == \"syscall\" and .pid == $pid)" s.json >child.json
[ -s child.json ] || fail "no call of the child: $(head -c 300 s.json)"
is "its parent" "$(jq -c .ppid child.json | sort -u)" "$parent"
is "its program" "$(jq -r .exe child.json | sort -u)" "$(readlink "/proc/$pid/exe")"
is "its files" "$(jq -c '[.fds[] | select(.path == "/etc/group") | .fd]' child.json | sort -u)" '[3]'
is "all of them" "$(jq -c '[.fds[].fd]' child.json | sort -u)" "[$(cd "/proc/$pid/fd" && printf '%s\n' * | sort -n | paste -sd,)]"
is "flags" "$(jq -c .flags child.json | sort -u)" '[]'
lx -q -e trace=clock_nanosleep,nanosleep --format '%proc.pid %proc.pcmdline|' -o s.text --for 3s
has "the parent's command line" s.text "^\\(?$pid\\)? .*perl -e system .* parent of it\\)?\\|"
kill "$parent" "$pid"
