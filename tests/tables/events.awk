# SPDX-License-Identifier: LGPL-2.1-or-later
# Compares `linxcap list` with the trace events of the running kernel: a call that has an event has the same arguments
# there, in number and names. Input, in this order:
#   event EVENT: CALL                                 where the kernel's function has another name
#   since CALL: VERSION                               it is not in older kernels
#   ABI NUMBER CALL(NAME: TYPE, ...)                  linxcap list
#   == sys_enter_EVENT, and the lines of its format   tracefs
# Prints "KEY: what is wrong". -v release=6.1: the running kernel's.

function version(s,   part) {
	split(s, part, /[^0-9]/)
	return part[1] * 1000 + part[2]
}

$1 == "event" || $1 == "since" {
	sub(/:$/, "", $2)
	if ($1 == "event")
		call_of[$2] = $3
	else
		since[$2] = version($3)
	next
}

$1 == "x86_64" {
	call = $3
	sub(/\(.*/, "", call)
	text = $0
	sub(/^[^(]*\(/, "", text)
	sub(/\)$/, "", text)
	n[call] = split(text, part, ", ")
	for (i = 1; i <= n[call]; i++) {
		sub(/:.*/, "", part[i])
		arg[call, i] = part[i]
	}
	next
}

$1 == "==" {
	finish()
	event = $2
	sub(/^sys_enter_/, "", event)
	call = event in call_of ? call_of[event] : event
	k = 0
	next
}

# Parses "field:const char * filename;    offset:16; ..."; copies of the memory behind pointers come last.
$1 ~ /^field:/ && $0 !~ /field:[^;]* (common_[a-z_]*|__syscall_nr);/ && $0 !~ /__data_loc/ {
	text = $0
	sub(/;.*/, "", text)
	sub(/^[ \t]*field:/, "", text)
	theirs = text
	sub(/.*[ *]/, "", theirs)
	k++
	if (!(call in n) || k > n[call])
		next
	if (arg[call, k] != theirs)
		print "args " event " " theirs ": linxcap list has " arg[call, k]
}

function finish() {
	if (event == "")
		return
	if (!(call in n))
		print "args " event ": linxcap list has no such call"
	else if (n[call] != k)
		print "args " event ": it has " k " arguments, linxcap list has " n[call]
	seen[call] = 1
}

END {
	finish()
	if (event == "")
		print "tracefs: no events of system calls"
	for (call in n)
		if (!(call in seen) && since[call] <= version(release))
			print "no-event " call ": the kernel has none"
}
