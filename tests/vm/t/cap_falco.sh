#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each rule of Falco's published files has a workload that fires it, and near misses that do not: exact
# counts, live and over a capture of the same.
# with: rules
# timeout: 300
# arches: amd64
. "$JOB/guest/cap.sh"
[ -e "$JOB/falco-rules/falco_rules.yaml" ] || skip "no published rules: FALCO_RULES names no folder with falco_rules.yaml"

cd /tmp || exit 1
have="container terminal net"
echo secret >/etc/shadow
mkdir -p /dev/shm host/run
export SHM=/dev/shm PATH=/tmp/bin:$PATH
[ -e /dev/pts/ptmx ] || { mkdir -p /dev/pts && mount -t devpts -o ptmxmode=666 none /dev/pts; }
[ -e /dev/ptmx ] || ln -s pts/ptmx /dev/ptmx

# A container in the words of its runtime's file, and a script that puts a command into it.
mkdir cg bin
mount -t cgroup2 none cg || skip "no cgroup2"
container() { # SCRIPT ID CAPABILITIES DEVICES
	local id bundle
	id=$(printf "$2%.0s" 1 2 3 4)
	bundle=host/run/containerd/io.containerd.runtime.v2.task/default/$id
	mkdir -p "$bundle" "cg/docker/$id"
	cat >"$bundle/config.json" <<-END
	{"annotations": {"nerdctl/name": "$1", "io.kubernetes.cri.image-name": "docker.io/library/nginx:1.27"},
	 "process": {"capabilities": {"bounding": [$3]}}, "linux": {"cgroupsPath": "/docker/$id", "resources": {"devices": [$4]}}}
	END
	printf '#!/bin/bash\necho $$ >/tmp/cg/docker/%s/cgroup.procs\nexec "$@"\n' "$id" >"bin/$1"
	chmod +x "bin/$1"
}
container inside 0123456789abcdef '"CAP_CHOWN"'
container privileged fedcba9876543210 '"CAP_SYS_ADMIN", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_PTRACE"' '{"allow": true, "access": "rwm"}'

ip link set lo up
for address in 203.0.113.7 10.96.0.1 10.96.0.2; do
	ip addr add "$address/32" dev lo
done
echo '10.96.0.1 kubernetes.default.svc.cluster.local' >>/etc/hosts
for port in 443 22; do
	busybox httpd -f -p "$port" -h /tmp/bin &
	servers+=" $!"
done
is_served() { bash -c ': </dev/tcp/203.0.113.7/443; : </dev/tcp/203.0.113.7/22'; }
soon is_served

if [ -e "$JOB/overlay.ko" ] && insmod "$JOB/overlay.ko"; then
	mkdir disk && mount -t tmpfs none disk && mkdir disk/{lower,upper,work} && cp /bin/true disk/lower/based
	mkdir overlay && mount -t overlay -o lowerdir=disk/lower,upperdir=disk/upper,workdir=disk/work none overlay && have+=" overlay"
fi
[[ $have == *overlay* ]] || echo "# rules about overlays: not tried, this kernel was fetched without overlay.ko"

counts() { # FILE
	jq -r .rule "$1" | LC_ALL=C sort | uniq -c | sed 's/^ *//'
}

# In a folder of its own, which has what the workload finds.
run_part() { # FILE PART RULES
	local dir=/tmp/$1.$2
	rm -rf "$dir" /dev/shm/true && mkdir "$dir" && cd "$dir" || exit 1
	cp "$JOB"/rules/{terminal,memfd} .
	[[ $have != *overlay* ]] || { rm -f /tmp/overlay/dropped && ln -s /tmp/overlay overlay; }
	# shellcheck disable=SC2086
	"$JOB/rules/work" script "$2" "$JOB/rules/$1" $have >work
	chmod +x work
}

check_part() { # FILE PART RULES
	local status_of
	# shellcheck disable=SC2086
	"$JOB/rules/work" want "$2" "$JOB/rules/$1" $have >/tmp/want
	run_part "$@"
	lx -q --host-root /tmp/host --rules "$JOB/falco-rules/$3" --alert-json --alert file:/tmp/live -- ./work
	status_of=$status
	[ -e /tmp/live ] || : >/tmp/live
	counts /tmp/live >/tmp/found
	diff /tmp/want /tmp/found >/tmp/differ || fail "$1, $2, live (status $status_of, $(tail -n 2 err)): $(cat /tmp/differ; tail -n 5 out)"
	is "nothing is lost before them" "$(jq -s 'map(.lost_before) | add // 0' /tmp/live)" 0
	echo "# $1, $2: $(wc -l </tmp/want) rules"
	rm /tmp/live
	[ "$2" = fire ] || return 0
	run_part "$@"
	lx -q --host-root /tmp/host -yy -w /tmp/file -- ./work
	lx -q -r /tmp/file --rules "$JOB/falco-rules/$3" --alert-json --alert file:/tmp/replayed
	[ -e /tmp/replayed ] || : >/tmp/replayed
	counts /tmp/replayed >/tmp/found
	diff /tmp/want /tmp/found >/tmp/differ || fail "$1, $2, of a capture ($(tail -n 2 err)): $(cat /tmp/differ)"
	rm -f /tmp/replayed /tmp/file
}

check_part stable fire falco_rules.yaml
check_part stable near falco_rules.yaml
cd /tmp || exit 1
# shellcheck disable=SC2086
kill $servers
[[ $have != *overlay* ]] || umount overlay disk
umount cg
