#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# --rules live and over a capture of the same run: exact counts of alerts, by rules that resemble the published ones.
# Calls that no rule names are not recorded. Fields of containers; losses are reported for each rule.
. "$JOB/guest/cap.sh"
need_paths

cd /tmp || exit 1
cat >rules.yaml <<'END'
- list: shells
  items: [sh, dash, bash]
- list: servers
  items: [nginx, httpd]
- macro: opens
  condition: evt.type in (open, openat, openat2)
- macro: read_file
  condition: opens and evt.is_open_read = true and fd.typechar = 'f' and fd.num >= 0
- macro: started
  condition: evt.type in (execve, execveat)
- macro: container
  condition: container.id != host
- rule: Shadow was read
  desc: d
  condition: read_file and fd.name = /etc/shadow
  output: shadow | file=%fd.name user=%user.name program=%proc.name parent=%proc.pname command=%proc.cmdline
  priority: WARNING
- rule: Path climbs
  desc: d
  condition: opens and fd.nameraw glob '*../*../*' and fd.name startswith /etc
  output: "%fd.name %fd.nameraw"
  priority: WARNING
- rule: Server starts a shell
  desc: d
  condition: started and proc.name in (shells) and proc.aname in (servers) and not proc.pname in (shells)
  output: "%proc.name below %proc.aname[1]"
  priority: NOTICE
- rule: Log was emptied
  desc: d
  condition: opens and fd.directory = /tmp/log and evt.arg.flags contains O_TRUNC
  output: "%fd.name %evt.arg.flags"
  priority: WARNING
- rule: Link to shadow
  desc: d
  condition: evt.type in (symlink, symlinkat) and evt.arg.target = /etc/shadow
  output: "%evt.arg.linkpath"
  priority: WARNING
- rule: Fileless
  desc: d
  condition: started and proc.is_exe_from_memfd = true
  output: "%proc.exepath"
  priority: CRITICAL
- rule: Started in a container
  desc: d
  condition: started and container and container.image.repository = docker.io/library/nginx and proc.name = true
  output: "%container.name %container.id"
  priority: NOTICE
- rule: Traffic to a port
  desc: d
  condition: evt.type = connect and fd.sport in (4444, 4445) and fd.net = 127.0.0.0/8 and fd.l4proto = tcp
  output: "%fd.name %fd.sip:%fd.sport"
  priority: NOTICE
END
linxcap rules check rules.yaml >checked || fail "$(cat checked)"

echo secret >/etc/shadow
mkdir -p log
cp /bin/bash nginx
cp /bin/bash other
id=$(printf '0123456789abcdef%.0s' 1 2 3 4)
bundle=host/run/containerd/io.containerd.runtime.v2.task/default/$id
mkdir -p "$bundle" cg
mount -t cgroup2 none cg || { echo "no cgroup2"; exit 77; }
mkdir -p "cg/docker/$id"
cat >"$bundle/config.json" <<END
{"annotations": {"nerdctl/name": "web", "io.kubernetes.cri.image-name": "docker.io/library/nginx:1.27"}, "linux": {"cgroupsPath": "/docker/$id"}}
END
cat >inside <<END
#!/bin/bash
echo \$\$ >/tmp/cg/docker/$id/cgroup.procs
exec "\$@"
END
cat >reach <<'END'
exec 3<>"/dev/tcp/127.0.0.1/$1"
END
cat >work <<'END'
#!/bin/bash
cat /etc/shadow /etc/passwd
cat /etc/../etc/../etc/passwd; cat /etc/../etc/passwd
./nginx -c 'sh -c true; true'; ./other -c 'sh -c true; true'
: >log/a; : >>log/a
ln -s /etc/shadow l1; ln -s /etc/passwd l2
perl -e '$n = "x"; $m = syscall(319, $n, 0); open(O, ">&=", $m); open(I, "<", "/bin/true"); local $/; $d = <I>; print O $d;
	open(R, "<", "/proc/self/fd/$m"); fcntl(R, 2, 0); close O; $m = fileno R; exec "/proc/self/fd/$m"'
./inside /bin/true; /bin/true
bash ./reach 4444; bash ./reach 4446
true
END
chmod +x inside work

for port in 4444 4446; do
	busybox httpd -f -p "127.0.0.1:$port" -h /tmp &
	servers+=" $!"
done
is_served() { bash ./reach 4444 && bash ./reach 4446; }
soon is_served

counts() { # FILE
	jq -r .rule "$1" | sort | uniq -c | sed 's/^ *//' | tr '\n' ';'
}
want='1 Fileless;1 Link to shadow;1 Log was emptied;1 Path climbs;1 Server starts a shell;1 Shadow was read;1 Started in a container;1 Traffic to a port;'

lx --host-root host --rules rules.yaml --alert-json --alert file:live -- ./work
is "status ($(tail -n 3 err))" "$status" 0
is "alerts, live" "$(counts live)" "$want"
is "nothing is lost before them" "$(jq -s 'map(.lost_before) | add' live)" 0
is "an alert's words" "$(jq -r 'select(.rule == "Shadow was read") | .output' live | sed 's/^[^|]*| //')" \
	"file=/etc/shadow user=root program=cat parent=work command=cat /etc/shadow /etc/passwd"
is "ends of a socket" "$(jq -r 'select(.rule == "Traffic to a port") | .output_fields | "\(.["fd.sip"]) \(.["fd.sport"])"' live)" "127.0.0.1 4444"
is "the container" "$(jq -r 'select(.rule == "Started in a container") | .output_fields | "\(.["container.name"]) \(.["container.id"])"' live)" \
	"web ${id:0:12}"
selected=$(sed -n 's/^linxcap: \([0-9]*\) selected.*/\1/p' err)

rm -f l1 l2
lx -q --host-root host -yy -w file -- ./work
lx -q -r file --rules rules.yaml --alert-json --alert file:replayed
is "alerts, of a capture" "$(counts replayed)" "$want"
all=$(linxcap -r file -c 2>&1 >/dev/null | sed -n 's/^linxcap: \([0-9]*\) selected.*/\1/p')
is "calls of no rule are not recorded ($selected of $all)" "$((selected * 3 < all))" 1

# A recording of the whole machine raises the same alerts for the same programs.
rm -f l1 l2 sign
linxcap --host-root host --rules rules.yaml --alert-json --alert file:machine 2>machine.err &
pid=$!
read_shadow() { cat /etc/shadow >/dev/null; [ -s machine ]; }
soon read_shadow || fail "no alert: $(cat machine.err)"
./work >/dev/null 2>&1
rm -f l1 l2
cat >>rules.yaml <<'END'
- rule: New one
  desc: d
  condition: opens and fd.name endswith /sign
  output: o
  priority: NOTICE
END
kill -HUP $pid
soon grep -q 'rules reloaded: 9' machine.err || fail "not reloaded: $(cat machine.err)"
: >sign
soon grep -q 'New one' machine || fail "the new rule raised nothing: $(cat machine.err)"
kill -INT $pid
wait $pid
is "alerts of the whole machine, and of a rule that came later" \
	"$(jq -r .rule machine | grep -v 'Shadow was read' | sort | uniq -c | sed 's/^ *//' | tr '\n' ';')" \
	"1 Fileless;1 Link to shadow;1 Log was emptied;1 New one;1 Path climbs;1 Server starts a shell;1 Started in a container;1 Traffic to a port;"
# shellcheck disable=SC2086
kill $servers
umount cg
