#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The recorder of a pod: the root directory of the container image, read-only, with the command and exactly the
# capabilities that the manifest for Kubernetes has. It sees what another container does. With one capability less it
# says which one is missing, and what is gone.
# full
# kernels: 6.1 6.12 7.2
# timeout: 400
# with: image
. "$JOB/guest/cap.sh"

cd /tmp || exit 1
rmmod linx || fail "rmmod"
ip link set lo up 2>/dev/null || busybox ifconfig lo up

# Prints the words of a list in the description of the container "recorder" of the manifest.
of_recorder() { # KEY
	awk -v key="$1:" '/^        - name: / { own = $3 == "recorder" } own && $1 == key && NF == 1 { list = 1; next }
		list && $1 == "-" { gsub(/^ *- |"/, ""); print; next } { list = 0 }' "$JOB/linx.yaml"
}

declare -A number=([BPF]=39 [PERFMON]=38 [SYS_PTRACE]=19)
readarray -t recorder < <(of_recorder command)
recorder=("${recorder[@]/#\$(NODE_NAME)/node-1}") # as the kubelet does
readarray -t names < <(of_recorder add)
is "capabilities of the manifest" "${names[*]}" "BPF PERFMON SYS_PTRACE"
is "program of the manifest" "${recorder[0]}" /usr/bin/linxcap

# Prints the mask of these capabilities, as /proc does.
mask() {
	local n mask=0
	for n in "${names[@]}"; do mask=$((mask | 1 << number[$n])); done
	printf '%016x' $mask
}

# Prints the numbers of the capabilities of the manifest, without the one that is named.
capabilities() { # [NAME]
	local n list=
	for n in "${names[@]}"; do
		[ "$n" = "${1:-}" ] || list+=,${number[$n]}
	done
	echo "${list#,}"
}

# The node, as the pod sees it.
mkdir root
mount --bind "$JOB/image" root
mount -t proc -o ro none root/proc
mount -t sysfs -o ro none root/sys
mount --bind /dev root/dev
mount --rbind / root/host
mount -o remount,bind,ro root/host
mount -t tmpfs -o mode=755 none root/var/lib/linx
mount -o remount,bind,ro root
! touch root/usr/file 2>/dev/null || fail "the root directory can be written"

# Another container: a cgroup, a pid and a mount namespace of its own, and a file of its runtime.
id=$(printf '0123456789abcdef%.0s' 1 2 3 4)
bundle=/run/containerd/io.containerd.runtime.v2.task/k8s.io/$id
mkdir -p "$bundle" cg
mount -t cgroup2 none cg || skip "no cgroup2"
mkdir -p "cg/kubepods/pod1/$id"
cat >"$bundle/config.json" <<END
{"annotations": {"io.kubernetes.cri.container-name": "web", "io.kubernetes.cri.image-name": "docker.io/library/nginx:1.27",
  "io.kubernetes.cri.sandbox-name": "web-0", "io.kubernetes.cri.sandbox-namespace": "shop"},
 "linux": {"cgroupsPath": "/kubepods/pod1/$id"}}
END
cat >inside <<END
#!/bin/sh
echo \$\$ >/tmp/cg/kubepods/pod1/$id/cgroup.procs
exec unshare --pid --fork --mount-proc "\$@"
END
chmod +x inside
echo 'root:*:1::::::' >/etc/shadow
is "number within the other container" "$(./inside sh -c 'echo $$')" 1

# begun: waits until $pid records. A recorder that has ended is a failure.
begun() {
	soon recording_or_ended
	kill -0 "$pid" 2>/dev/null || fail "the recorder has ended: $(cat err)"
}

recording_or_ended() { recording "$pid" 2>/dev/null || ! kill -0 "$pid" 2>/dev/null; }

# ---- exactly these capabilities

contained root 0 10001 "$(capabilities)" "${recorder[@]}" >out 2>err &
pid=$!
begun
is "capabilities ($(cat err))" "$(grep -E 'CapEff|CapBnd|NoNewPrivs' "/proc/$pid/status" | xargs)" "CapEff: $(mask) CapBnd: $(mask) NoNewPrivs: 1"
./inside cat /etc/shadow >/dev/null
soon grep -q 'Password file was read' out
is "health" "$(soon busybox wget -qO- http://127.0.0.1:9765/healthz; busybox wget -qO- http://127.0.0.1:9765/healthz)" good
kill -INT "$pid"
ended
is "status ($(cat err))" "$status" 0
grep '"rule":"Password file was read' out | head -n 1 >alert
is "alert" "$(jq -r '.output_fields | [.["fd.name"], .["proc.cmdline"], .["container.name"], .["k8s.pod.name"], .["k8s.ns.name"]] | join(",")' alert)" \
	"/etc/shadow,cat /etc/shadow,web,web-0,shop"
lacks "messages" err 'not known|missing'

is "spool" "$(stat -c '%u %g %a' root/var/lib/linx/spool)" "0 10001 770"
is "blocks" "$(find root/var/lib/linx/spool -name '*.seg' -size +0 | wc -l)" 1
# linx-ship, without a capability, reads the spool, and finds no server.
contained root 10001 10001 - /usr/bin/linx-ship --spool /var/lib/linx/spool --nats nats://127.0.0.1:4222 2>ship &
pid=$!
soon grep -q . ship
has "linx-ship" ship '127\.0\.0\.1:4222'
lacks "linx-ship" ship 'ermission'
is "capabilities of linx-ship" "$(grep -E 'CapEff|CapBnd' "/proc/$pid/status" | xargs)" "CapEff: 0000000000000000 CapBnd: 0000000000000000"
kill "$pid"
ended

contained root 0 10001 "$(capabilities)" /usr/bin/linxcap --engine bpf --host-root /host -q --format json >json 2>err &
pid=$!
begun
./inside true in another container
soon grep -q 'in another container' json
kill -INT "$pid"
ended
is "exec ($(cat err))" "$(jq -r 'select(.kind == "exec" and (.argv | join(" ")) == "true in another container") | [.exe, .container_info.name, .container, (.pid > 2)] | join(",")' json)" \
	"/usr/bin/true,web,$id,true"

# ---- one less

# without NAME: runs the recorder without a capability of the manifest, and shows command lines of parents.
without() {
	status=0
	contained root 0 10001 "$(capabilities "$1")" /usr/bin/linxcap --engine bpf -q --for 2s --format '%proc.pid %proc.pcmdline' -e trace=getppid >lines 2>err || status=$?
}

without BPF
is "without BPF: status" "$status" 1
one_line "without BPF" 'engine bpf: no permission: without CAP_BPF no eBPF program can be loaded'
without PERFMON
is "without PERFMON: status" "$status" 1
one_line "without PERFMON" 'engine bpf: no permission: without CAP_PERFMON no eBPF program can see calls'

# A program that was started before, makes no call and waits for its child: its command line is in its memory alone.
perl -e 'if ($child = fork) { print "$child\n"; close STDOUT; wait }
	else { close STDOUT; while (1) { getppid; select undef, undef, undef, 0.05 } }' started-before >child &
soon test -s child
child=$(cat child)
without -
is "with all: status ($(cat err))" "$status" 0
is "with all: messages" "$(cat err)" ""
has "with all" lines "^\\($child\\) .*started-before"
without SYS_PTRACE
is "without SYS_PTRACE: status ($(cat err))" "$status" 0
one_line "without SYS_PTRACE" 'not known: command lines of programs that were started before this one: CAP_SYS_PTRACE is missing'
has "without SYS_PTRACE" lines "^\\($child\\) "
lacks "without SYS_PTRACE" lines "^\\($child\\) .*started-before"
kill $child

umount -l root/host root/dev root/sys root/proc root/var/lib/linx root cg
