# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# --redact: a traced program gets secrets in every way, and no output format shows one of them.

export LINX_ENGINE=ptrace

write_secrets() {
	cat >secrets <<-'END'
		# of people
		option --password
		option -p
		env *TOKEN*
		header Authorization
		url-password
		regex key_[a-z]{6}
	END
	cat >work.sh <<-'END'
		/bin/true --password hunter1 --password=hunter2 -phunter3 plain
		A_TOKEN=hunter4 /bin/true
		cat /tmp/key_abcdef 2>/dev/null
		printf 'GET / HTTP/1.1\r\nAuthorization: Bearer hunter5\r\nHost: x\r\n\r\n'
		/bin/true https://me:hunter6@host/
		/bin/sh -c '/bin/true --password "hunter7"; :'
	END
}

# shown OPTION...: runs the program twice. Its output without the rules of --redact is in the file "plain", with the
# rules in the file "shown".
shown() {
	lx -q --env -e execve,write,openat "$@" -- sh work.sh
	! grep -q 'this container allows no ptrace' err || skip "$(cat err)"
	cat out "${file:-/dev/null}" >plain
	[ -z "${file:-}" ] || rm "$file"
	lx -q --env -e execve,write,openat --redact secrets "$@" -- sh work.sh
	cat out "${file:-/dev/null}" >shown
}

test_no_output_has_a_secret() {
	local words
	write_secrets
	while read -r words; do
		# shellcheck disable=SC2086
		eval "file=; shown $words"
		# The program's own output is printed to the same place and must not be redacted.
		grep -v '^Authorization' plain >plain2
		grep -q 'hunter1' plain2 && grep -q 'key_abcdef' plain2 || broken "$words: nothing to blank"
		grep -v '^Authorization' shown | grep -E 'hunter[1-7]|key_abcdef' && broken "$words: a secret is shown"
		[ "$(grep -c '<redacted>' shown)" -ge 4 ] || broken "$words: $(grep -c '<redacted>' shown) lines are blanked"
		grep -q 'plain' shown || broken "$words: what is no secret is gone"
	done <<-'END'
		--format text
		--format text -v
		--format strace
		--format json
		--format '%linx.type %linx.cmdline %linx.args'
		--alert stdout
		--alert stdout --alert-json
		--alert stdout --alert-json --alert-output '%linx.args %linx.cmdline'
	END
}

# Values that are not secrets stay unchanged, and JSON stays valid.
test_json_stays_json() {
	command -v jq >/dev/null || skip "no jq"
	write_secrets
	shown --format json -o json
	file=json
	shown --format json -o json
	jq -c . <json >/dev/null || broken "no JSON"
	[ "$(jq -r 'select(.kind == "exec" and (.argv | index("plain"))) | .argv | join(" ")' json)" = \
		"/bin/true --password <redacted> --password=<redacted> -p<redacted> plain" ] || broken "$(grep plain json)"
	grep -q '"A_TOKEN=<redacted>"' json || broken "the environment is not blanked"
}

test_strace() {
	write_secrets
	"$LINXCAP" strace --redact secrets -f -s 99 -o log sh work.sh >/dev/null 2>err || grep -q ptrace err || broken "$(cat err)"
	[ -s log ] || skip "$(cat err)"
	! grep -E 'hunter[1-7]|key_abcdef' log || broken "a secret is shown"
	grep -q '"--password", "<redacted>", "--password=<redacted>", "-p<redacted>", "plain"' log || broken "$(grep plain log)"
	lx strace --redact secrets -e write=1 true
	is_status 1
	has err '^linxcap: not together: --redact and -e write=: '
}

# A FILTER condition is evaluated with the original values, although they are blanked in the output.
test_conditions_see_it_all() {
	write_secrets
	shown --format text 'linx.cmdline contains hunter1'
	grep -q -- '--password <redacted>\|--password", "<redacted>' shown || broken "$(cat shown)"
}

test_what_is_refused() {
	write_secrets
	for words in '-w f' '--rules none.yaml --alert-capture f'; do
		# shellcheck disable=SC2086
		lx --redact secrets $words
		is_status 2
	done
	lx --redact secrets -w f
	has err '^linxcap: not together: --redact and -w: '
	[ ! -e f ] || broken "it was made"
	lx --redact none -- true
	is_status 2
	says 'cannot be read: none: No such file or directory'
	printf 'option -x\nregex (\n' >wrong
	lx --redact wrong -- true
	is_status 2
	says 'wrong:2:8: missing closing parenthesis'
	[ ! -s out ] || broken "something was shown"
}
