#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# --alert-capture: the file that an alert names holds the events before it, also those that no rule names; no event is
# lost between two files; the number of files is limited, and a flooding rule has one of them.
# full
# timeout: 180
. "$JOB/guest/cap.sh"

cd /tmp || exit 1

rule() { # NAME FILE [KEYS]
	printf -- '- rule: %s\n  desc: d\n  condition: evt.type = openat and fd.nameraw = %s\n  output: "%%fd.nameraw"\n  priority: NOTICE\n' "$1" "$2"
	printf '%s' "${3:-}"
}
{
	rule Quiet /tmp/quiet
	rule First /tmp/first $'  capture: true\n'
	rule Second /tmp/second $'  capture: true\n  capture_duration: 1500\n'
	rule Third /tmp/third $'  capture: true\n'
} >rules.yaml

look() { { : <"$1"; } 2>/dev/null || :; }
# opened FILE OPTION...: prints the names that were opened in FILE, with these options of linxcap
opened() { linxcap -q -r "$1" "${@:2}" --format '%linx.arg[filename]' 'linx.type=openat'; }
# named NAME: prints the paths of the capture files in the alerts of rule NAME
named() { jq -r "select(.rule == \"$1\") | .capture // empty" found; }
whole() { [ -s "$1" ] && linxcap -q -r "$1" -c >/dev/null 2>&1; }

start() {
	linxcap --rules rules.yaml --alert file:found --alert-json --alert-capture kept --buffer "${buffer:-8M}" "$@" >said 2>&1 &
	pid=$!
	soon recording "$pid"
}

finish() {
	kill -INT "$pid"
	wait "$pid" || fail "status $?: $(cat said)"
}

mkfifo never
start --alert-captures 2,64M
(
	n=0
	while [ ! -e enough ]; do
		look /tmp/seq.$((n++))
		read -rt 0.05 <>never || :
	done
) &
loop=$!
look /tmp/quiet
look /tmp/before
soon grep -q '"rule":"Quiet"' found
for i in {1..300}; do look /tmp/first; done
soon whole kept.000001
look /tmp/second
soon whole kept.000002
is "the file of First" "$(named First)" /tmp/kept.000001
has_paths || has "what rules do not know" said 'not known to rules and filters: paths .*--engine bpf can'
is "the file of Second" "$(named Second)" /tmp/kept.000002
is "alerts of First" "$(grep -c '"rule":"First"' found)" 300
is "the file of Quiet" "$(named Quiet)" ""
opened kept.000001 >one
opened kept.000002 >two
has "what no rule names" one '/tmp/before'
has "the alert's own call" one '/tmp/first'
has "the alert's own call" two '/tmp/second'
touch enough
wait $loop

# Two consecutive files together have all numbers from the first to the last.
cat one two | sed -n 's|.*/tmp/seq\.\([0-9]*\).*|\1|p' | sort -nu >numbers
[ "$(wc -l <numbers)" -gt 5 ] || fail "only $(wc -l <numbers) numbers"
seq "$(head -n 1 numbers)" "$(tail -n 1 numbers)" | cmp - numbers || fail "a hole between the files"

look /tmp/third
soon whole kept.000003
finish
is "the files" "$(echo kept.*)" "kept.000002 kept.000003"
has "it is reported" said 'kept what came before an alert: .*kept.000003'
sed -i '/not recorded: operations of io_uring/d; /not known to rules and filters/d' said
lacks "nothing went wrong" said 'cannot|no room|paused'

# A capture that an alert requests just before the end is written. The file that was prepared for the next capture is
# not used, and is removed.
rm -f kept.* found enough
start
look /tmp/second
soon grep -q '"rule":"Second"' found
finish
is "the files" "$(echo kept.*)" kept.000001
opened kept.000001 >one
has "the alert's own call" one '/tmp/second'

# The limit of --alert-captures is smaller than one capture: the file has as much as fits, and a message reports that.
rm -f kept.* found
start --alert-captures 2,64K
for i in {1..50}; do look /tmp/others.$i; done
look /tmp/first
soon grep -q '"rule":"First"' found
finish
has "it is reported" said 'no room: .*kept.000001: the rest was left out'
[ "$(stat -c %s kept.000001)" -lt 2000000 ] || fail "$(ls -l kept.000001)"

# The size of each file is limited, by falco.yaml: the remaining events are left out, and an alert reports that, for the
# last file, too.
rm -f kept.* found
cat >falco.yaml <<-'END'
	rules_files: [rules.yaml]
	json_output: true
	stdout_output: {enabled: false}
	file_output: {enabled: true, filename: found}
	capture: {enabled: true, path_prefix: /tmp/kept, default_duration: 0, max_file_size_mb: 1}
END
linxcap --falco-config falco.yaml --buffer "${buffer:-8M}" >said 2>&1 &
pid=$!
soon recording "$pid"
cap_storm 1 30000
look /tmp/first
soon grep -q 'Falco internal' found
cap_storm 1 30000
look /tmp/second
soon grep -q '"rule":"Second"' found
finish
has "a line warns of it" said 'capture.max_file_size_mb: a file of 1M may end before its alert'
has "it is reported" said 'largest file: .*kept.000001: the rest was left out: one may have 1M'
is "the alerts" "$(jq -r 'select(.source == "internal") | [.rule, .priority, .capture, .output_fields.max_file_size_mb] | join(",")' found)" \
	"$(printf 'Falco internal: capture size limit reached,Informational,/tmp/kept.00000%s,1\n' 1 2)"
is "their bytes" "$(jq -r 'select(.source == "internal") | .output_fields.written_bytes >= 1048576' found | sort -u)" true
for file in kept.000001 kept.000002; do
	whole "$file" || fail "$file cannot be read"
	[ "$(stat -c %s "$file")" -lt 3000000 ] || fail "$(ls -l "$file")"
done

# The capture holds only the selected processes, as the alerts do.
mkdir -p cg
if has_paths && mount -t cgroup2 none cg 2>/dev/null && mkdir cg/chosen; then # without paths no rule knows a cgroup
	rm -f kept.* found
	start --cgroup /chosen
	look /tmp/others
	(
		echo "$BASHPID" >cg/chosen/cgroup.procs
		look /tmp/inside
		look /tmp/first
	)
	soon grep -q '"rule":"First"' found
	finish
	opened kept.000001 "${narrowed[@]}" >one
	has "the call before the alert" one '/tmp/inside'
	[ ${#narrowed[@]} != 0 ] || lacks "none of other processes" one '/tmp/others'
fi

# Each alert starts a capture if there are no rules; an engine without captures refuses the option.
rm -f kept.* found
linxcap --alert file:found --alert-json --alert-capture kept --buffer "${buffer:-8M}" 'linx.type = openat and linx.arg[filename] = /tmp/first' >said 2>&1 &
pid=$!
soon recording "$pid"
look /tmp/first
soon grep -q '"capture":"' found
finish
opened kept.000001 >one
has "the alert's own call" one '/tmp/first'
lx --engine ptrace --alert file:found --alert-capture kept -- true
is "engine ptrace: status" "$status" 1
has "engine ptrace" err 'no flight recorder: engine ptrace'
