# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Completion in all shells; more tests for bash: manual.sh.

DIR=$LINX_ROOT/tools/completion

bash_offers() { # LINE CANDIDATE...
	local line=$1
	shift
	# shellcheck disable=SC2086
	bash_completes $line >offered
	printf '%s\n' "$@" | sort >expected
	diff expected offered || broken "bash: $line"
}

zsh_offers() { # LINE CANDIDATE...
	local line=$1
	shift
	TERM=vt100 "$LIMIT_PROGRAM" 60 zsh -f "$CLI/offered.zsh" "$DIR" "$(dirname "$LINXCAP")" "$line" | sort -u >offered
	printf '%s\n' "$@" | sort >expected
	diff expected offered || broken "zsh: $line"
}

fish_offers() { # LINE CANDIDATE...
	local line=$1
	shift
	PATH="$(dirname "$LINXCAP"):$PATH" HOME=$PWD "$LIMIT_PROGRAM" 60 fish --no-config -c "source $DIR/linxcap.fish; complete -C '$line'" |
		cut -f 1 | sort -u >offered
	printf '%s\n' "$@" | sort >expected
	diff expected offered || broken "fish: $line"
}

# all_options SHELL SUBCOMMAND: expects that the shell completes "--" to each long option of --help.
all_options() { # SHELL SUBCOMMAND
	"$LINXCAP" $2 --help all | sed -n 's/^  \(-[^ ].*\)/\1/p' | grep -oE '^-[a-zA-Z]|(^|, )--[a-z0-9-]+' | sed 's/^, //' | grep -- -- | sort -u >want
	# shellcheck disable=SC2046
	"$1_offers" "linxcap $2 --" $(cat want)
}

test_bash() {
	bash_offers 'linxcap strace --argv' --argv0
	all_options bash ''
	all_options bash strace
	bash_offers 'linxcap proc.cmdna' proc.cmdnargs
	bash_offers 'linxcap config ch' check
	bash_offers 'linxcap rules e' explain
	all_options bash list
	all_options bash rules
	bash_offers 'linxcap --pods' --pods --pods-user
	bash_offers 'linxcap --pods-user roo' root
	bash_offers 'linxcap k8s.pod.na' k8s.pod.name
	bash_offers 'linxcap k8smeta.pod.na' k8smeta.pod.name
	touch pods.json
	bash_offers 'linxcap --pods pods.j' pods.json
}

test_zsh() { # full
	command -v zsh >/dev/null || skip "no zsh"
	zsh_offers 'linxcap --for' --for --for-trial --force --format
	zsh_offers 'linxcap li' list
	zsh_offers 'linxcap linx.cmd' linx.cmdline
	zsh_offers 'linxcap --mode ' discard recorder throttle
	zsh_offers 'linxcap --color=' auto always never
	zsh_offers 'linxcap -e openat' openat openat2
	zsh_offers 'linxcap -e trace=read,openat2' openat2
	zsh_offers 'linxcap --priority=read,openat2' openat2
	zsh_offers 'linxcap help ver' version
	zsh_offers 'linxcap config ' check
	zsh_offers 'linxcap rules ' check list explain
	zsh_offers 'linxcap proc.cmdna' proc.cmdnargs
	zsh_offers 'linxcap -u roo' root
	touch some-file
	zsh_offers "linxcap -w $PWD/some" some-file
	zsh_offers "linxcap --pods $PWD/some" some-file
	zsh_offers 'linxcap --pods' --pods --pods-user
	zsh_offers 'linxcap --pods-user roo' root
	zsh_offers 'linxcap k8smeta.pod.na' k8smeta.pod.name
	mkdir some-dir
	printf '#!/bin/sh\n' >some-dir/some-command
	chmod 755 some-dir/some-command
	PATH=$PWD/some-dir:$PATH zsh_offers 'linxcap -z some-c' some-command
	PATH=$PWD/some-dir:$PATH zsh_offers 'linxcap strace -f -o out some-c' some-command
	zsh_offers 'linxcap strace -e openat' openat openat2
	all_options zsh ''
	all_options zsh strace
	all_options zsh list
}

test_fish() { # full
	command -v fish >/dev/null || skip "no fish"
	fish_offers 'linxcap --for' --for --for-trial --force --format
	fish_offers 'linxcap li' list $("$LINXCAP" fields | sed -nE 's/^(linx\.[a-z._]+).*/\1/p')
	fish_offers 'linxcap linx.cmd' linx.cmdline
	fish_offers 'linxcap --mode ' discard recorder throttle
	fish_offers 'linxcap -e openat' openat openat2
	fish_offers 'linxcap -e read,openat2' read,openat2
	fish_offers 'linxcap --priority openat' openat openat2
	fish_offers 'linxcap help ver' version
	fish_offers 'linxcap config ch' check
	fish_offers 'linxcap rules li' list
	fish_offers 'linxcap -u roo' root
	fish_offers 'linxcap --pods' --pods --pods-user
	fish_offers 'linxcap --pods-user roo' root
	fish_offers 'linxcap k8smeta.pod.na' k8smeta.pod.name
	touch pods.json
	fish_offers 'linxcap --pods pods.j' pods.json
	mkdir some-dir
	printf '#!/bin/sh\n' >some-dir/some-command
	chmod 755 some-dir/some-command
	PATH=$PWD/some-dir:$PATH fish_offers 'linxcap -z some-c' some-command
	PATH=$PWD/some-dir:$PATH fish_offers 'linxcap strace -f -o out some-c' some-command
	PATH=$PWD/some-dir:$PATH fish_offers 'linxcap -f -- some-c' some-command
	fish_offers 'linxcap strace some-command some-d' some-dir/
	fish_offers 'linxcap strace -e openat' openat openat2
	all_options fish ''
	all_options fish strace
}
