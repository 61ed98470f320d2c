# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Shared by t/cap_plugin and t/cap_plugin_fields: sysdig of Debian sid with the plugin, a capture that it reads, and
# filters over fields. Sourced after guest/cap.sh by tests "with: plugin".

RULE='%linx.time : %linx.dir %linx.type[value] %linx.args %linx.comm %linx.fullpath %linx.cmdline %linx.fds'
NAME=syscall_sequence_plugin
PLUGIN=/job/libsyscall_sequence_plugin.so
ROOT=/job/sysdig

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

# replay FILTER FORMAT: prints the capture by sysdig with the plugin into the file got.
replay() {
	sd -I "$NAME:{\"capture\": \"/tmp/x.linx\"}" -p "$2" "$1" >got 2>err || fail "sysdig '$1': status $?: $(head -n 3 err)"
}

captures() {
	linxcap -q -y -T --fds -w x.linx -- sh -c 'cat /etc/passwd | wc -l; ls / >/dev/null; cat /not/there; mkdir d; rmdir d' >/dev/null 2>&1
	linxcap -q -r x.linx --config '{"open_params": {}}' >want
	[ "$(wc -l <want)" -gt 200 ] || fail "the capture has $(wc -l <want) calls"
	# sysdig 0.41 prints no more than 1023 bytes of a list, so the lines must be shorter.
	awk 'length > 900' want | grep -q . && fail "a line is too long for this comparison"
	replay "evt.pluginname = $NAME" "$RULE"
	cmp want got || fail "the rule of old: $(diff want got | head -n 4)"
	replay "" '%evt.plugininfo'
	cmp want got || fail "evt.plugininfo: $(diff want got | head -n 4)"
	# Anybody with the plugin can read a file that sysdig wrote, without linx's own capture.
	sd -I "$NAME:{\"capture\": \"/tmp/x.linx\"}" -w /tmp/x.scap >out 2>err || fail "sysdig -w: $(head -n 3 err)"
	rm -f x.linx.away && mv x.linx x.linx.away
	sd -r /tmp/x.scap -p "$RULE" >got 2>err || fail "sysdig -r: $(head -n 3 err)"
	mv x.linx.away x.linx
	cmp want got || fail "from sysdig's file: $(diff want got | head -n 4)"
}

# field NAME OPERATOR...: takes a value of the field from the capture. A filter for that value must pass exactly the
# events that have it. Without an OPERATOR the field is only tested by searching its text.
field() {
	local name=$1 value n i bare filter=
	# The rarest value is taken, except quoted bytes, which may be random.
	awk -F ' ~~ ' -v n=$((++column)) '{ print $n }' values >all
	value=$(grep -vxE '<NA>|\(\)|\(\?\)|.*".*|' all | sort | uniq -c | sort -n | sed -n '1s/^ *[0-9]* //p')
	[ -n "$value" ] || { echo "$name" >>nothing && return; }
	[[ $wanted == *" ${name#linx.} "* ]] || return 0
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
NUMBERS='uid gid pgid sid container.pid ns.mnt ns.pid ns.net ns.user apid apid[0] duration cpu seq fd.num container.start http.status http.latency
	http.request_body http.response_body'
TEXTS='exe cwd euser euser[key] egroup egroup[value] tty loginuid container container.runtime cgroup aname aname[0] aname[2] res ret
	errno errno[key] errno[value] abi kind arg[fd] arg[filename] arg[0] arg[2] fd.path fd.type container.name container.image
	container.image.repository container.image.tag container.image.digest container.privileged container.mounts pod.name pod.uid
	pod.namespace http.side http.method http.host http.path http.query http.user_agent http.local http.peer cap_gained'

# fields FIELD...: shows all fields of the lists above at once, and filters by each FIELD. Collects the names of fields
# without a value in the file nothing.
fields() { # FIELD...
	local f column=0 format=
	: >nothing
	for f in $LISTS $WHOLE $NUMBERS $TEXTS; do
		format+="%linx.$f ~~ "
	done
	replay "" "*$format"
	mv got values
	is "lines with all fields" "$(wc -l <values)" "$(wc -l <want)"
	wanted=" $* "
	for f in $LISTS; do field "linx.$f" in-list intersects; done
	for f in $WHOLE; do field "linx.$f" = in contains; done
	for f in $NUMBERS; do field "linx.$f" '>=' '<='; done
	for f in $TEXTS; do field "linx.$f" = in startswith; done
	# The tested fields must be all linx.* fields of the library, except those for the words of flags. The fields of
	# containers, terminals and logins have no value, because the guest has none of these; the fields of HTTP have
	# none, because HTTP exchanges are no syscalls, nor are refusals.
	printf 'linx.%s\n' $LISTS $WHOLE $NUMBERS $TEXTS flags | sed 's/\[.*//' | sort -u >have
	linxcap fields --json | jq -r '.[].name | select(startswith("linx."))' | sort | diff - have || fail "a field is missing"
	is "fields without a value" "$(grep -vE '^linx\.(container(\.(runtime|name|image.*|privileged|mounts|start))?|pod\..*|http\..*|tty|loginuid|cap_gained)$' nothing)" ""
}
