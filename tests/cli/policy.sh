# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# Messages about mistakes in the use of 'linxcap policy', --actions and --deny, on a machine without the module.

opens='evt.type in (open, openat, openat2)'

write_actions() { # ACTION CONDITION
	cat >rules.yaml <<-END
		- list: files
		  items: [/etc/passwd]
		- rule: Passwords
		  desc: d
		  condition: $2
		  output: "%refused.object"
		  priority: WARNING
		  action: $1
	END
}

# wrong PATTERN ARG...: expects one line that matches, and the status of wrong usage.
wrong() {
	lx "${@:2}"
	is_status 2
	has err "$1"
}

test_words() {
	wrong "missing word: policy" policy
	wrong "missing word: policy" policy away
	wrong "policy mode: write 'linxcap policy mode" policy mode enforce
	wrong "policy delete: write" policy delete
	wrong "unexpected word: more" policy off more
	wrong "not together: policy list and --name" policy list --name x
	wrong "not together: policy off and --force" policy off --force
	wrong "not a duration: --for-trial soon" policy add --for-trial soon --deny "$opens"
	wrong "no path: --exempt-program perl" policy add --exempt-program perl --deny "$opens"
	wrong "not an action: --deny-with allow" policy add --deny-with allow --deny "$opens"
}

test_help() {
	lx policy --help
	is_status 0
	has out 'linxcap policy mode observe'
	has out '--for-trial TIME'
}

# Without the module, each command prints how to get the module.
test_no_module() {
	[ ! -e /dev/linxcap ] || skip "there is a module"
	write_actions deny "$opens and fd.name in (files)"
	for words in "list" "off" "delete x" "add rules.yaml"; do
		# shellcheck disable=SC2086
		lx policy $words
		is_status 1
		has err 'modprobe linx'
	done
}

test_rules_check() {
	write_actions 'deny EACCES' "$opens and fd.name in (files)"
	lx rules check rules.yaml
	is_status 0
	write_actions 'deny EACCES' "$opens and proc.name = cat"
	wrong "rules.yaml:5: rule 'Passwords': proc.name cannot be judged" rules check rules.yaml
	write_actions 'deny ENOTHING' "$opens"
	wrong "rules.yaml:8:.*ENOTHING is no error" rules check rules.yaml
	write_actions deny "$opens"
	echo "  kill: true" >>rules.yaml
	wrong "rules.yaml:9:.*unknown key 'kill'" rules check rules.yaml
}

# Options about actions are refused without the rules or options that they need. Without --force, actions are refused
# that would refuse what a shell needs.
test_actions() {
	write_actions deny "$opens and fd.name in (files)"
	wrong "missing rules: --actions" --actions enforce -- true
	wrong "unknown word: --actions on" --rules rules.yaml --actions on -- true
	wrong "missing --deny or --actions: --dry-run" --dry-run -- true
	wrong "missing --deny or --actions: --force" --rules rules.yaml --force -- true
	wrong "not together: --persist and --end-late" --deny "$opens and fd.name = /etc/passwd" --persist x --end-late 20s -- true
	wrong "would refuse /bin/sh .file_open.*--force" --deny "$opens" -- true
	write_actions deny "evt.type = execve"
	wrong "rule 'Passwords' would refuse /bin/sh .exec" --rules rules.yaml --actions enforce -- true
}

# Operations that a login or linxcap needs are not refused without --force. If one call of a rule cannot be judged, the
# whole rule is refused.
test_danger() {
	wrong "would refuse /dev/null .file_open" --deny "$opens and evt.is_open_write = true" -- true
	wrong "would refuse /bin/sh .mprotect" --deny 'evt.type = mprotect' -- true
	wrong "would refuse /bin/sh .call" --deny 'evt.type = ioctl' -- true
	wrong "would refuse /etc/passwd .file_open" --deny "$opens and fd.name = /etc/passwd" -- true
	wrong "proc.exepath cannot be judged so: .*at openat" --deny 'evt.type in (execve, openat) and proc.exepath != /usr/bin/env' -- true
	wrong "pmatch takes what is there" --deny "$opens and fd.name pmatch ($PWD/later)" -- true
}
