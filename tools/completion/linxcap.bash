# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Completion of linxcap for bash. It has no list of options: they are read from --help all, and names
# of calls and fields from `linxcap list` and `linxcap fields`, so that they are always up to date.

# Prints all options with their arguments, one per line, as "-e trace=SET", "--stats [FILE]", "-f".
_linxcap_options() { # HELP-COMMAND...
	"$@" --help all 2>/dev/null | sed -nE '
		s/^  (-[a-zA-Z]), (--[a-z0-9-]+)\[=([^]]*)\].*/\1\n\2 [\3]/p; t
		s/^  (-[a-zA-Z]), (--[a-z0-9-]+)( [^ ]+)?(  .*)?$/\1\3\n\2\3/p; t
		s/^  (--[a-z0-9-]+)\[=([^]]*)\].*/\1 [\2]/p; t
		s/^  (-[a-zA-Z]|--[a-z0-9-]+)( [^ ]+)?(  .*)?$/\1\2/p'
}

# Prints the name of the argument of WORD, if WORD is an option with an argument; otherwise nothing.
_linxcap_argument() { # WORD OPTIONS
	local line
	while IFS= read -r line; do
		if [[ $line == "$1 "* ]]; then
			printf '%s\n' "${line#"$1 "}"
			return
		fi
	done <<<"$2"
}

_linxcap_subcommands() { # PROGRAM
	"$1" --help all 2>/dev/null | sed -nE '/^Subcommands:/,/^$/s/^  ([a-z]+) .*/\1/p'
}

# Prints the possible first words after a subcommand, as "check" of `linxcap config check FILE`, from its usage lines.
_linxcap_words() { # PROGRAM SUBCOMMAND
	"$1" "$2" --help 2>/dev/null | sed -nE "s/^(Usage:|      ) linxcap $2 ([a-z]+) .*/\2/p"
}

# Completes the last name in a comma-separated list of calls.
_linxcap_calls() { # PROGRAM WORD
	local head=''
	[[ $2 != *,* ]] || head=${2%,*},
	compgen -P "$head" -W "$("$1" list 2>/dev/null | sed -E 's/^[^ ]+ +[0-9]+ ([^(]+).*/\1/' | sort -u)" -- "${2##*,}"
}

# Completes the field name after the last percent sign of a template.
_linxcap_fields() { # PROGRAM WORD
	local head=${2%"${2##*%}"}
	compgen -P "$head" -W "$("$1" fields 2>/dev/null | sed -nE 's/^([a-z0-9]+\.[a-z0-9_.]+).*/\1/p')" -- "${2##*%}"
}

_linxcap_values() { # PROGRAM ARGUMENT WORD
	local head
	case $2 in
	FILE | PATH) compgen -f -- "$3" ;;
	DIR | CGROUP) compgen -d -- "$3" ;;
	CMD) compgen -c -- "$3" ;;
	USER) compgen -u -- "$3" ;;
	PID*) compgen -W "$(cd /proc && echo [0-9]*)" -- "$3" ;;
	trace=SET | SET | EXPR) _linxcap_calls "$1" "$3" ;;
	*TEMPLATE)
		if [[ $3 == *%* ]]; then
			_linxcap_fields "$1" "$3"
		else
			head=${2%TEMPLATE}
			compgen -W "${head//|/ }" -- "$3"
		fi
		;;
	*\|*) compgen -W "${2//|/ }" -- "$3" ;;
	esac
}

# Completes the traced command and its arguments; if bash-completion is installed, by the command's own completion.
_linxcap_command() { # INDEX WORD
	if declare -F _command_offset >/dev/null; then
		_command_offset "$1"
	elif [ "$COMP_CWORD" = "$1" ]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$2")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$2")
	fi
}

# Prints the index of the word that is the command of `linxcap strace`, after options and their arguments.
_linxcap_command_index() { # OPTIONS
	local i
	for ((i = 2; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} == -?* ]] || break
		[[ $(_linxcap_argument "${COMP_WORDS[i]}" "$1") =~ ^($|\[) ]] || ((i++))
		# bash splits words at '=': trace=open of "-e trace=open" is three words
		[ "${COMP_WORDS[i + 1]}" != = ] || ((i += 2))
	done
	echo $i
}

_linxcap() {
	local program=${COMP_WORDS[0]} cur=$2 prev=$3 equals='' i options argument
	local help=("${COMP_WORDS[0]}") words=''

	for ((i = 1; i < COMP_CWORD; i++)); do
		if [ "${COMP_WORDS[i]}" = -- ]; then
			_linxcap_command $((i + 1)) "$cur"
			return
		fi
	done
	if ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[1]} != -* ]]; then
		help+=("${COMP_WORDS[1]}")
	fi
	# bash splits words at '=': --color=au is three words, -e trace=op is four
	if [ "$cur" = = ]; then
		cur='' equals=yes
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]} equals=yes
	fi
	if [ "$prev" = trace ]; then
		prev=-e
	fi
	options=$(_linxcap_options "${help[@]}")
	if [ "${help[1]:-}" = strace ]; then
		i=$(_linxcap_command_index "$options")
		if ((i < COMP_CWORD)) || ((i == COMP_CWORD)) && [[ $cur != -* ]]; then
			_linxcap_command "$i" "$cur"
			return
		fi
	fi
	argument=$(_linxcap_argument "$prev" "$options")
	# an optional argument, in brackets, must follow an equals sign
	if [[ $argument == \[* ]]; then
		argument=${equals:+${argument:1:-1}}
	fi
	if [ -n "$argument" ]; then
		mapfile -t COMPREPLY < <(_linxcap_values "$program" "$argument" "$cur")
		return
	fi
	if [ "${help[1]:-}" = help ] || ((COMP_CWORD == 1)) && [[ $cur != -* ]]; then
		words=$(_linxcap_subcommands "$program")
	elif [[ $cur == -* ]]; then
		words=$(sed -E 's/(\[| ).*//' <<<"$options" | sort -u)
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	if [[ $cur =~ ^(container|evt|fd|fdlist|fs|group|k8s|k8smeta|linx|probe|proc|refused|syscall|thread|user|util)\. ]]; then
		mapfile -t COMPREPLY < <(_linxcap_fields "$program" "$cur")
	elif [[ -n ${help[1]:-} && $cur != -* ]]; then
		words=$(_linxcap_words "$program" "${help[1]}")
		if [ -n "$words" ]; then
			mapfile -t COMPREPLY < <( ((COMP_CWORD == 2)) && compgen -W "$words" -- "$cur" || compgen -f -- "$cur")
		fi
	fi
}

complete -o filenames -o bashdefault -F _linxcap linxcap
