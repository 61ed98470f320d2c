# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# Shared by t/cap_falco and similar scenarios: containers, addresses, servers and an overlay for the workloads of
# tests/rules, and the function check_rules FILE RULES, which runs them. To be sourced with bash: .
# "$JOB/guest/falco.sh"
. "$JOB/guest/cap.sh"
need_paths # of executables, files and cgroups, by which rules go
[ -e "$JOB/falco-rules/falco_rules.yaml" ] || skip "no published rules: FALCO_RULES names no folder with falco_rules.yaml"

cd /tmp || exit 1
have="container guest terminal net"
echo secret >/etc/shadow
mkdir -p /dev/shm host/run
export SHM=/dev/shm PATH=/tmp/bin:$PATH
[ -e /dev/pts/ptmx ] || { mkdir -p /dev/pts && mount -t devpts -o ptmxmode=666 none /dev/pts; }
[ -e /dev/ptmx ] || ln -s pts/ptmx /dev/ptmx

# Declares a container in the format of its runtime's state file, and writes a script that moves a command into it.
mkdir cg bin
mount -t cgroup2 none cg || skip "no cgroup2"
container() { # SCRIPT ID IMAGE NAMESPACE CAPABILITIES DEVICES MOUNTS
	local id bundle
	id=$(printf "$2%.0s" 1 2 3 4)
	bundle=host/run/containerd/io.containerd.runtime.v2.task/default/$id
	mkdir -p "$bundle" "cg/docker/$id"
	cat >"$bundle/config.json" <<-END
	{"annotations": {"nerdctl/name": "$1", "io.kubernetes.cri.image-name": "docker.io/$3",
	  "io.kubernetes.cri.sandbox-namespace": "$4"}, "mounts": [$7],
	 "process": {"capabilities": {"bounding": [$5]}}, "linux": {"cgroupsPath": "/docker/$id", "resources": {"devices": [$6]}}}
	END
	printf '#!/bin/bash\necho $$ >/tmp/cg/docker/%s/cgroup.procs\nexec "$@"\n' "$id" >"bin/$1"
	chmod +x "bin/$1"
}
container inside 0123456789abcdef library/nginx:1.27 shop '"CAP_CHOWN"'
container system 0011223344556677 prom/node-exporter:1.9 kube-system '"CAP_CHOWN"' '' '{"destination": "/etc", "source": "/etc", "type": "bind"}'
container mounted 8899aabbccddeeff library/nginx:1.27 shop '"CAP_CHOWN"' '' '{"destination": "/etc", "source": "/etc", "type": "bind"}'
container privileged fedcba9876543210 library/busybox:1.37 shop '"CAP_SYS_ADMIN", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_PTRACE"' \
	'{"allow": true, "access": "rwm"}'

ip link set lo up
for address in 203.0.113.7 203.0.113.9 10.96.0.1 10.96.0.2 169.254.169.254; do
	ip addr replace "$address/32" dev lo
done
echo '10.96.0.1 kubernetes.default.svc.cluster.local' >>/etc/hosts
echo '203.0.113.9 pool.minexmr.com' >>/etc/hosts
for port in 443 22; do
	busybox httpd -f -p "$port" -h /tmp/bin &
	servers+=" $!"
done
is_served() { bash -c ': </dev/tcp/203.0.113.7/443; : </dev/tcp/203.0.113.7/22'; }
soon is_served

if [ -e "$JOB/overlay.ko" ] && { [ -d /sys/module/overlay ] || insmod "$JOB/overlay.ko"; }; then
	mkdir disk && mount -t tmpfs none disk && mkdir disk/{lower,upper,work} && cp /bin/true disk/lower/based
	mkdir overlay && mount -t overlay -o lowerdir=disk/lower,upperdir=disk/upper,workdir=disk/work none overlay && have+=" overlay"
fi
[[ $have == *overlay* ]] || echo "# rules about overlays: not tried, this kernel was fetched without overlay.ko"

counts() { # FILE
	jq -r .rule "$1" | LC_ALL=C sort | uniq -c | sed 's/^ *//'
}

# Runs one part of the workloads in a folder of its own with the files that the part expects.
run_part() { # FILE PART RULES
	local dir=/tmp/$1.$2
	rm -rf "$dir" /dev/shm/true && mkdir "$dir" && cd "$dir" || exit 1
	cp "$JOB"/rules/{first,memfd,net,terminal} .
	[[ $have != *overlay* ]] || { rm -f /tmp/overlay/dropped && ln -s /tmp/overlay overlay; }
	# shellcheck disable=SC2086
	"$JOB/rules/work" script "$2" "$JOB/rules/$1" $have >work
	chmod +x work
}

check_part() { # FILE PART RULES
	local status_of rules=(--rules "$JOB/falco-rules/$3")
	[ ! -e "$JOB/rules/$1.yaml" ] || rules+=(--rules "$JOB/rules/$1.yaml")
	# shellcheck disable=SC2086
	"$JOB/rules/work" want "$2" "$JOB/rules/$1" $have >/tmp/want
	run_part "$@"
	lx -q --host-root /tmp/host "${rules[@]}" --alert-json --alert file:/tmp/live -- ./work
	status_of=$status
	[ -e /tmp/live ] || : >/tmp/live
	counts /tmp/live >/tmp/found
	diff /tmp/want /tmp/found >/tmp/differ || fail "$1, $2, live (status $status_of, $(tail -n 2 err)): $(cat /tmp/differ; tail -n 5 out)"
	is "nothing is lost before them" "$(jq -s 'map(.lost_before) | add // 0' /tmp/live)" 0
	echo "# $1, $2: $(wc -l </tmp/want) rules"
	rm /tmp/live
	[ "$2" = fire ] || return 0
	run_part "$@"
	lx -q --host-root /tmp/host -yy --env -w /tmp/file -- ./work
	lx -q -r /tmp/file "${rules[@]}" --alert-json --alert file:/tmp/replayed
	[ -e /tmp/replayed ] || : >/tmp/replayed
	counts /tmp/replayed >/tmp/found
	diff /tmp/want /tmp/found >/tmp/differ || fail "$1, $2, of a capture ($(tail -n 2 err)): $(cat /tmp/differ)"
	rm -f /tmp/replayed /tmp/file
}

# Stops the servers and unmounts the overlay of the workloads.
end_rules() {
	cd /tmp || exit 1
	# shellcheck disable=SC2086
	kill $servers
	[[ $have != *overlay* ]] || umount overlay disk
	umount cg
}

check_rules() { # FILE RULES
	check_part "$1" fire "$2"
	check_part "$1" near "$2"
	end_rules
}
