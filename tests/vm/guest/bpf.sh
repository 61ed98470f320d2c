# SPDX-License-Identifier: LGPL-2.1-or-later
# Lets a scenario that was written for the module use the engine bpf of linxcap. To be sourced before the scenario is:
# . "$JOB/guest/bpf.sh"
rmmod linx || fail "rmmod"

# The wrapper linxcap is a program, not a shell function, because a test that runs it in the background needs its
# process id.
mkdir -p /tmp/bpf-engine || exit 1
cat >/tmp/bpf-engine/linxcap <<'END'
#!/bin/bash
real=/usr/bin/linxcap
for word; do
	[ "$word" != -- ] || break
	[ "$word" != -r ] || exec "$real" "$@"
done
[ "$1" != strace ] || LINX_ENGINE=bpf exec "$real" "$@"
[ "$1" != http ] || exec "$real" http --engine bpf "${@:2}"
exec "$real" --engine bpf "$@"
END
sed -i "s|^real=.*|real=$(command -v linxcap)|" /tmp/bpf-engine/linxcap
chmod +x /tmp/bpf-engine/linxcap
PATH=/tmp/bpf-engine:$PATH
