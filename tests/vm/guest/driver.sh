# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Tests of probes at a driver of which there are two versions (tests/vm/modules/driver): a later one has a function with
# another name, functions with other prototypes, and a structure with another layout. And it comes and goes while it is
# probed. To be sourced after guest/cap.sh by tests "with: driver" and "with: driver:next".

calls=/sys/module/driver/parameters/calls
call="echo 20 >$calls"
open='kprobe:driver:linx_driver_open(flags, id=file->id, file->len, name=file->name)'
send='kprobe:driver:linx_driver_send(n)'
close='kretprobe:driver:linx_driver_close(file->len) => ret'

# driver VERSION: loads the driver; "first" or "next".
driver() {
	local built=$JOB/driver.ko
	[ "$1" = first ] || built=$JOB/driver-next.ko
	if [ ! -e "driver-$1.ko" ]; then
		cp "$built" "driver-$1.ko"
		"$JOB/guest/driver_types.py" "driver-$1.ko" "$1" || fail "types of the driver"
	fi
	insmod "driver-$1.ko" || fail "insmod"
}

# values FILE PROBE FILTER: prints what the jq filter gives for each hit of a probe.
values() { jq -c "select(.kind == \"probe\" and .probe == \"driver:$2\") | $3" "$1" | xargs; }

# opened NAME FILE: expects the hits of linx_driver_open.
opened() {
	is "$1: flags" "$(values "$2" linx_driver_open .args.flags)" "$(seq -s ' ' 0 19)"
	is "$1: id" "$(values "$2" linx_driver_open .args.id)" "$(seq -s ' ' 1000 1019)"
	is "$1: length" "$(values "$2" linx_driver_open '.args["file->len"]')" "$(seq -s ' ' 0 7 133)"
	is "$1: name" "$(values "$2" linx_driver_open .args.name | tr -s ' ' '\n' | sort | uniq -c | xargs)" "20 a 20 file 20 it 20 of"
}

# Names of arguments and members hold for both versions; what one of them lacks is refused.
two_versions() { # ENGINE
	local engine=(--engine "$1" -e none)
	driver first
	lx "${engine[@]}" --probe "$open" --probe "$send" --probe "$close" -w first.cap -- sh -c "$call"
	is "$1: first: status ($(cat err))" "$status" 0
	lx -q -r first.cap --format json -o first.json
	opened "$1: first" first.json
	is "$1: first: sent" "$(values first.json linx_driver_send .args.n)" "$(seq -s ' ' 0 19)"
	is "$1: first: result" "$(values first.json linx_driver_close .ret)" "$(seq -s ' ' -5 -7 -138)"
	rmmod driver || fail "$1: rmmod"
	refused "$1: not loaded" 1 'no such symbol: .* a module' "${engine[@]}" --probe "$send" -- true

	driver next
	lx "${engine[@]}" --probe "$open" --probe "$close" --format json -o next.json -- sh -c "$call"
	is "$1: next: status ($(cat err))" "$status" 0
	opened "$1: next" next.json
	is "$1: next: result" "$(values next.json linx_driver_close .ret)" "$(seq -s ' ' 0 -7 -133)"
	refused "$1: renamed" 1 'linx_driver_send.*no such symbol: inlined, renamed' "${engine[@]}" --probe "$send" -- true
	refused "$1: renamed, without types" 1 'linx_driver_send.*no such symbol: inlined, renamed' \
		"${engine[@]}" --probe 'kprobe:driver:linx_driver_send($1)' -- true
	if [ "$1" = kmod ]; then # the library finds these before it asks an engine
		refused "no argument" 2 "linx_driver_close has no argument 'reason' in this kernel" \
			"${engine[@]}" --probe 'kprobe:driver:linx_driver_close(reason)' -- true
		refused "no member" 2 "no member 'mark'" "${engine[@]}" --probe 'kprobe:driver:linx_driver_open(file->mark)' -- true
	fi
	lx "${engine[@]}" --probe 'kprobe:driver:linx_driver_transmit(n)' --format json -o sent.json -- sh -c "$call"
	is "$1: by its new name" "$(values sent.json linx_driver_transmit .args.n)" "$(seq -s ' ' 0 19)"

	# A capture has the prototypes of its kernel, whatever runs here.
	lx -q -r first.cap --format json -o again.json
	cmp -s first.json again.json || fail "$1: the capture shows something else beside another version"
	rmmod driver || fail "$1: rmmod"
}

# Without types of modules, arguments have numbers, and a renamed function is refused likewise.
two_versions_by_number() { # ENGINE
	local engine=(--engine "$1" -e none) by_number='kprobe:driver:linx_driver_send($1)'
	driver first
	refused "$1: no types" 1 'types' "${engine[@]}" --probe "$send" -- true
	lx "${engine[@]}" --probe "$by_number" --format json -o first.json -- sh -c "$call"
	is "$1: first: sent ($(cat err))" "$(values first.json linx_driver_send '.args["$1"]')" "$(seq -s ' ' 0 19)"
	rmmod driver || fail "$1: rmmod"
	driver next
	refused "$1: renamed" 1 'linx_driver_send.*no such symbol: inlined, renamed' "${engine[@]}" --probe "$by_number" -- true
	rmmod driver || fail "$1: rmmod"
}

# comes_and_goes ENGINE HOLDS SPEC: the driver is unloaded after 20 calls, and the other version is loaded and called.
# Nothing of that is a hit: the function, if there is one at the address, is another one. HOLDS: yes if the engine keeps
# the driver loaded.
comes_and_goes() {
	local name="$1: $3" unloaded=yes hits
	driver first
	rm -f going.json
	background --engine "$1" -e none --probe "$3" --probe 'rawtp:sched_process_exec($2)' --format json -o going.json --stats=going.stats
	sh -c "$call"
	rmmod driver 2>rmmod.err || unloaded=no
	if [ "$2" = yes ]; then
		is "$name: unloaded" $unloaded no
		has "$name: why" rmmod.err 'in use|unavailable|busy'
	else
		is "$name: unloaded ($(cat rmmod.err))" $unloaded yes
		driver next
		sh -c "$call"
		rmmod driver || fail "$name: rmmod of the next version"
	fi
	/bin/true
	kill -INT "$pid"
	ended
	is "$name: status ($(cat err))" "$status" 0
	hits=$(count going.json '.kind == "probe" and .number == 0')
	is "$name: hits" "$hits" 20
	has "$name: account" err 'driver:linx_driver.*: (at least )?20 selected = 20 committed \+ 0 lost'
	holds "$name: account" going.stats '.probes[0].selected == 20 and .probes[0].committed == 20'
	holds "$name: the kernel's probe goes on" going.stats '.probes[1].selected >= 2'
	if [ "$1" = kmod ]; then
		has "$name: gone" err 'driver:linx_driver.*: its module was unloaded meanwhile: the probe ended there'
		holds "$name: gone" going.stats '.probes[0].gone == true and (.probes[1].gone | not)'
	fi
	[ "$2" = no ] || rmmod driver || fail "$name: rmmod afterwards"
}
