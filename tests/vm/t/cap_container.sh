#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The data of a container from its runtime's file is recorded live, and taken from a capture on a machine that has no
# such file. Also --container, --cgroup and --comm.
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1
id=$(printf '0123456789abcdef%.0s' 1 2 3 4)
bundle=host/run/containerd/io.containerd.runtime.v2.task/default/$id
mkdir -p "$bundle" cg
mount -t cgroup2 none cg || { echo "no cgroup2"; exit 77; }
mkdir -p "cg/docker/$id"
cat >"$bundle/config.json" <<END
{"annotations": {"nerdctl/name": "web", "io.kubernetes.cri.image-name": "docker.io/library/nginx:1.27"},
 "process": {"env": ["SECRET=1"]}, "linux": {"cgroupsPath": "/docker/$id"}}
END
# inside COMMAND: runs the command in the container's cgroup.
cat >inside <<END
#!/bin/sh
echo \$\$ >/tmp/cg/docker/$id/cgroup.procs
exec "\$@"
END
chmod +x inside

lx -q --host-root host --format json -o json -- ./inside true
is "status ($(cat err))" "$status" 0
is "the container of an exec" "$(jq -r 'select(.kind == "exec" and .container_info) | .container_info |
	[.name, .image_repository, .image_tag, .runtime, .reason] | join(",")' json | sort -u)" \
	"web,docker.io/library/nginx,1.27,containerd,"
lx -q --no-containers --format json -o json -- ./inside true
is "none without its files" "$(grep -c container_info json)" 0

lx -q --host-root host -w file -- ./inside true
rm -r host
lx -q -r file --format json -o json
is "the same from a capture" "$(jq -r 'select(.kind == "exec" and .container_info) | .container_info.name' json | sort -u)" web
lx -q -r file --format '%linx.container.name' 'linx.container.image.repository endswith /nginx'
is "the field of a capture" "$(sort -u out)" "(web)"
is "no environment in it" "$(grep -ac SECRET file)" 0
lx -q -r file --container web --format '%linx.comm'
is "--container by its name: the shell that went into it, and its program" "$(sort -u out | tr '\n' ' ')" "(inside) (true) "
lx -q -r file --container 0123 --cgroup /docker --format '%linx.comm'
is "--container by its id, --cgroup" "$(sort -u out | tr '\n' ' ')" "(inside) (true) "
lx -q -r file --cgroup /dock --format '%linx.comm'
is "--cgroup is no prefix of a name" "$(wc -l <out)" 0

lx -q --comm true --format '%linx.comm' -o lines -- ./inside true
is "--comm in the kernel" "$(sort -u lines)" "(true)"
lx -q -r file --comm true --format '%linx.comm'
is "--comm of a capture" "$(sort -u out)" "(true)"
umount cg
