#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The plugin in sysdig of Debian sid, and in a host of the tests: live and from captures, the rule of old, filters over
# every field, each key of open_params, files that sysdig wrote, what is left in the process.
# with: plugin
# timeout: 600
. "$JOB/guest/cap.sh"
need_paths

RULE='%linx.time : %linx.dir %linx.type[value] %linx.args %linx.comm %linx.fullpath %linx.cmdline %linx.fds'
NAME=syscall_sequence_plugin
PLUGIN=/job/libsyscall_sequence_plugin.so
ROOT=/job/sysdig

cd /tmp || exit 1

# ---- a host of our own, live: descriptors, threads and handlers are as before

live_host() {
	"$JOB/plugin_host" -n 3 -s 1 "$PLUGIN" '' '{"filter_own": true}' linx.comm 'linx.type[value]' >out 2>err &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		cat /etc/passwd >/dev/null
		sleep 0.1
	done
	wait $pid || fail "host: status $?: $(cat err)"
	is "host: says" "$(cat err)" ""
	has "host" out '^\(cat\)	\(openat\)$'
	lacks "host: itself" out '^\(plugin_host\)	\((read|poll|ioctl)\)$'
	! "$JOB/plugin_host" "$PLUGIN" '' '{"filter_pids": [-1]}' 2>err || fail "host: a wrong key is taken"
	has "host: why" err 'wrong open_params: 1: filter_pids\[0\]: expected an integer'
	rmmod_refused_or_idle
}

# Nobody records any more: the module counts no user.
rmmod_refused_or_idle() {
	is "users of the module" "$(awk '$1 == "linx" { print $3 }' /proc/modules)" 0
}

# ---- sysdig

enter() {
	[ -d "$ROOT" ] || skip "no sysdig of Debian sid: $(tail -n 1 "$JOB/sysdig.missing" 2>/dev/null)"
	mkdir -p "$ROOT"/{proc,dev,sys,tmp}
	mount --bind /proc "$ROOT/proc"
	mount --rbind /dev "$ROOT/dev"
	mount --bind /tmp "$ROOT/tmp"
	trap 'umount -l "$ROOT/proc" "$ROOT/dev" "$ROOT/tmp"' EXIT
	cp "$PLUGIN" /tmp/plugin.so
}

sd() { HOME=/tmp chroot "$ROOT" sysdig -H /tmp/plugin.so "$@"; }

# replay FILTER FORMAT: of the capture, into got.
replay() {
	sd -I "$NAME:{\"capture\": \"/tmp/x.linx\"}" -p "$2" "$1" >got 2>err || fail "sysdig '$1': status $?: $(head -n 3 err)"
}

captures() {
	linxcap -q -y -T --fds -w x.linx -- sh -c 'cat /etc/passwd | wc -l; ls / >/dev/null; cat /not/there; mkdir d; rmdir d' >/dev/null 2>&1
	linxcap -q -r x.linx --config '{"open_params": {}}' >want
	[ "$(wc -l <want)" -gt 200 ] || fail "the capture has $(wc -l <want) calls"
	# A list that is longer than this sysdig cuts when it prints it.
	awk 'length > 900' want | grep -q . && fail "a line is too long for this comparison"
	replay "evt.pluginname = $NAME" "$RULE"
	cmp want got || fail "the rule of old: $(diff want got | head -n 4)"
	replay "" '%evt.plugininfo'
	cmp want got || fail "evt.plugininfo: $(diff want got | head -n 4)"
	# What sysdig wrote anybody can read with the plugin, without linx.
	sd -I "$NAME:{\"capture\": \"/tmp/x.linx\"}" -w /tmp/x.scap >out 2>err || fail "sysdig -w: $(head -n 3 err)"
	rm -f x.linx.away && mv x.linx x.linx.away
	sd -r /tmp/x.scap -p "$RULE" >got 2>err || fail "sysdig -r: $(head -n 3 err)"
	mv x.linx.away x.linx
	cmp want got || fail "from sysdig's file: $(diff want got | head -n 4)"
}

# field NAME OPERATOR...: filters with a value of the capture pass the events that have it, and no others.
field() {
	local name=$1 value n i bare filter=
	# The rarest value is taken.
	awk -F ' ~~ ' -v n=$((++column)) '{ print $n }' values >all
	value=$(grep -vxE '<NA>|\(\)|\(\?\)|' all | sort | uniq -c | sort -n | sed -n '1s/^ *[0-9]* //p')
	[ -n "$value" ] || { echo "$name" >>nothing && return; }
	n=$(grep -cxF -- "$value" all)
	bare=${value#(} bare=${bare%)}
	for i in "${@:2}"; do
		case $i in
		in-list) filter+=" and $name in (\"$bare\")" ;;
		intersects) filter+=" and $name intersects (\"$bare\", \"nobody has this\")" ;;
		in) filter+=" and $name in (\"$value\")" ;;
		'>=' | '<=') filter+=" and $name $i $value" ;;
		*) filter+=" and $name $i \"$value\"" ;;
		esac
	done
	filter="$name exists$filter"
	replay "${filter//\\/\\\\}" "%$name"
	is "$filter" "$(sort got | uniq -c)" "$(printf '%7d %s' "$n" "$value")"
}

LISTS='comm pid tid ppid cmdline fullpath dir type type[key] type[value] user user[key] user[value] group group[key] group[value]'
WHOLE='time args fds fds[key] fds[value]'
NUMBERS='uid gid pgid sid container.pid apid apid[0] duration cpu seq fd.num container.start http.status http.latency
	http.request_body http.response_body'
TEXTS='exe cwd euser euser[key] egroup egroup[value] tty loginuid container container.runtime cgroup aname aname[0] aname[2] res ret
	errno errno[key] errno[value] abi kind arg[fd] arg[filename] arg[0] arg[2] fd.path fd.type container.name container.image
	container.image.repository container.image.tag container.image.digest container.privileged container.mounts pod.name pod.uid
	pod.namespace http.side http.method http.host http.path http.query http.user_agent http.local http.peer'

every_field() {
	local f column=0 format=
	: >nothing
	for f in $LISTS $WHOLE $NUMBERS $TEXTS; do
		format+="%linx.$f ~~ "
	done
	replay "" "*$format"
	mv got values
	is "lines with all fields" "$(wc -l <values)" "$(wc -l <want)"
	for f in $LISTS; do field "linx.$f" in-list intersects; done
	for f in $WHOLE; do field "linx.$f" = in contains; done
	for f in $NUMBERS; do field "linx.$f" '>=' '<='; done
	for f in $TEXTS; do field "linx.$f" = in startswith; done
	# All fields of the library that are no names of Falco's, but for the words of flags; the guest has no containers, terminals and logins, and
	# exchanges of HTTP are no calls.
	printf 'linx.%s\n' $LISTS $WHOLE $NUMBERS $TEXTS flags | sed 's/\[.*//' | sort -u >have
	linxcap fields --json | jq -r '.[].name | select(startswith("linx."))' | sort | diff - have || fail "a field is missing"
	is "fields without a value" "$(grep -vE '^linx\.(container(\.(runtime|name|image.*|privileged|mounts|start))?|pod\..*|http\..*|tty|loginuid)$' nothing)" ""
}

# ---- sysdig, live

# live PARAMS FILTER: what it says of some programs, one of them named falco; lines in got.
live() {
	local i
	HOME=/tmp chroot "$ROOT" sysdig -H /tmp/plugin.so -I "$NAME${1:+:$1}" -p "*$RULE %linx.pid %linx.res" "$2" >got 2>err &
	pid=$!
	soon recording $pid
	for i in 1 2; do
		./falco /etc/passwd /not/there >/dev/null 2>&1
		./other /etc/passwd /not/there >/dev/null 2>&1
	done
	sleep 0.5
	kill -INT $pid
	wait $pid || fail "sysdig $1: status $?: $(head -n 3 err)"
	rmmod_refused_or_idle
}

keys() {
	cp "$(command -v cat)" falco
	cp falco other
	echo '{"openat": {"syscall_id": 257, "interesting": 1}, "read": {"syscall_id": 0, "interesting": 0}}' >calls.json

	live '' "linx.comm in (falco, other)"
	has "nothing" got '^[0-9-]{10} [0-9:.]{18} : \(>\) \(openat\) \(dfd=AT_FDCWD, filename=/etc/passwd, flags=O_RDONLY, mode=0\) \(other\) \(/tmp/other\) \(\./other /etc/passwd /not/there\) \(0\('
	has "nothing" got '^.* : \(<\) \(openat\) .*filename=/not/there.* \(falco\) .* -2$'
	is "calls and returns of close" "$(grep -c ': (>) (close)' got)" "$(grep -c ': (<) (close)' got)"

	live '' ''
	lacks "filter_own is the default" got ' \(sysdig\) '
	live '{"filter_own": "false"}' 'linx.comm in (sysdig)'
	has "filter_own" got ' \(sysdig\) '
	live '{"filter_own": "false", "filter_falco": "true"}' ''
	lacks "filter_falco: who loaded the plugin" got ' \(sysdig\) '
	lacks "filter_falco" got ' \((openat|write|read)\) .* \(falco\) '
	has "filter_falco: others" got ' \(other\) '
	live '{"filter_comms": ["other", "bash"]}' ''
	lacks "filter_comms" got ' \((openat|read|wait4)\) .* \((other|bash)\) '
	has "filter_comms: others" got ' \(falco\) '
	live "{\"filter_pids\": [$$, 1]}" ''
	lacks "filter_pids" got " \\($$\\) "
	has "filter_pids: others" got ' \(other\) '
	live '{"drop_failed": "true"}' ''
	lacks "drop_failed" got ' -[0-9]+$'
	lacks "drop_failed: returns alone" got ' : \(>\) '
	has "drop_failed: others" got ' \(other\) '
	live '{"drop_mode": "true"}' ''
	is "drop_mode" "$(wc -l <got)" 0
	live '{"entries": false}' ''
	lacks "entries" got ' : \(>\) \((openat|read|close)\)'
	has "entries: others" got ' : \(<\) '
	live '{"interest_syscall_file": "/tmp/calls.json"}' ''
	is "interest_syscall_file" "$(awk '{ print $5 }' got | sort -u)" "(openat)"
}

# The log file is complete when sysdig has ended, and has what sysdig printed.
log_file() {
	HOME=/tmp chroot "$ROOT" sysdig -H '/tmp/plugin.so:{"putfile": "true", "path": "/tmp/linx.log", "log_file": "/tmp/own.log", "log_level": "INFO"}' \
		-I "$NAME:{\"filter_comms\": [\"bash\"]}" -p "$RULE" >got 2>err &
	pid=$!
	soon recording $pid
	./other /etc/passwd >/dev/null
	soon grep -q ' (other) .*passwd' linx.log
	kill -INT $pid
	wait $pid || fail "log file: status $?: $(head -n 3 err)"
	is "no window" "$(echo linx.log*)" linx.log
	head -n "$(wc -l <got)" linx.log | cmp - got || fail "another log: $(diff linx.log got | head -n 4)"
	has "account" own.log 'INFO syscall_sequence_plugin: .*complete'
}

live_host
enter
captures
every_field
keys
log_file
