# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Runs, in the guest, the commands in a document that users are meant to type.

mkdir -p /tmp/bin /var/log/linx
cd /tmp || exit 1
PATH=/tmp/bin:$PATH

# program NAME TEXT: installs a script in place of a program that the guest lacks.
program() {
	printf '#!/bin/sh\n%s\n' "$2" >"/tmp/bin/$1"
	chmod +x "/tmp/bin/$1"
}

program modprobe 'exit 0'
program make 'cat /etc/hosts >/dev/null; sleep 0.1'
program ssh 'shift; exec "$@"'
program curl 'cat /etc/hosts'
echo 'www-data:x:33:33:www-data:/:/bin/false' >>/etc/passwd
cp "$(command -v sleep)" /tmp/bin/nginx
nginx 1000 &
service=$!
# Makes rules, a capture to apply them to, and a program that triggers them, for the examples.
mkdir -p /etc/linx/rules.d
cat >/etc/linx/rules.yaml <<'END'
- rule: Read sensitive file untrusted
  desc: A file that few programs read was opened.
  condition: evt.type in (open, openat, openat2) and fd.name = /etc/shadow and proc.name != login
  output: opened %fd.name by %proc.cmdline
  priority: WARNING
  capture: true
END
sed 's/Read sensitive file untrusted/Another rule/' /etc/linx/rules.yaml >my_rules.yaml
cp /etc/linx/rules.yaml falco_rules.yaml
cp /etc/linx/rules.yaml /etc/linx/rules.d
mkdir -p /etc/falco
printf 'rules_files: [/etc/linx/rules.yaml]\nfile_output: {enabled: true, filename: /tmp/asked}\n' >/etc/falco/falco.yaml
program a-program 'cat /etc/shadow'
cp /tmp/bin/a-program .
begun=${EPOCHREALTIME/./}
linxcap -q -w capture -- ls >/dev/null
# Seconds after which an endless example is ended: two, or more in a guest in which a program takes seconds to start.
limit=$((2 + (${EPOCHREALTIME/./} - begun) / 1000000 * 4))
cp capture all.linx
cp capture example.file # read by examples even if the one that writes it was ended before
echo 'option --password' >secrets
# Runs a command that fails again and again, for examples that look for failures.
while :; do cat /not/there 2>/dev/null; sleep 0.2; done &

# Prints the blocks of examples in a manual page, each with an empty line after it.
page_blocks() { # FILE
	sed -n '/^\.SH EXAMPLES/,/^\.SH [^E]/p' "$1" | awk '/^\.RE/ { on = 0; print "" } on; /^\.RS/ { on = 1 }' |
		sed 's/\\-/-/g; s/\\(aq/'\''/g; s/\\e/\\/g'
}

# Prints indented lines of Markdown that run linxcap. Lines that end in a backslash are joined with the next one; an
# explanation after two or more blanks is removed.
markdown_blocks() { # FILE
	sed -nE '/^    linxcap /{ :more; /\\$/{ N; s/\\\n +//; b more; }; s/^    //p; }' "$1" | sed -E 's/(  +| (file|what) [a-z ]+$).*//; s/;.*//; s/$/\n/'
}

# Replaces placeholders of an example by real values, and a minute by a shorter time. Changes examples that need disk
# space, a network or libraries, because the guest has none of these.
fill_in() {
	sed -E "s/\\<PID\\>/$service/; s/--config FILE/--config '{\"init_config\": {}, \"open_params\": {}}'/; s/\\<FILE\\>/example.file/; s/\\<CMD\\>/ls/; s/--for [0-9]+[sm]/--for 1s/; s/--keep-free 5G/--keep-free 1M/; s,https://[a-z.]+\.example/,file:/tmp/asked,; s/\<RULES\>/my_rules.yaml/; s/\<FOUND\>/found/; s/ --metrics [0-9]+//; /--save/!s/linxcap serve/linxcap serve --save page.html/; s/\<PIECE FILTER\>/piece.linx linx.type=openat/"
}

# Runs one example. An example of a screen (linxcap top) ends with the sentence for an output that is not a terminal,
# since the guest has no terminal. tests/cli/top.sh shows the screen on one.
example() { # SOURCE TEXT
	local text rc=0
	text=$(fill_in <<<"$2")
	# The shell waits for its background commands, because the next example reads their output.
	timeout -k 30 -s TERM $limit bash -c "trap 'wait; exit' TERM
$text
wait" >out 2>err </dev/null || rc=$?
	case $rc in
	0 | 124) ;;
	*) fail "$1: status $rc of: $text: $(head -c 400 err)" ;;
	esac
	! grep -E '^linxcap: ' err | grep -vE 'selected, .* complete$|alerts: [0-9]+: |was overwritten|listening|^linxcap: http: [0-9]+ |the table of calls is on standard output|not a terminal: standard output: linxcap stat prints tables elsewhere$|cannot record them on a kernel with PREEMPT_RT' >bad || fail "$1: $text: $(head -n 3 bad)"
	count=$((count + 1))
}

run_blocks() { # SOURCE
	local line text=
	while IFS= read -r line; do
		if [ -n "$line" ]; then
			text+=$line$'\n'
		elif [ -n "$text" ]; then
			example "$1" "$text" </dev/null
			text=
		fi
	done
	[ -z "$text" ] || example "$1" "$text"
}
count=0
