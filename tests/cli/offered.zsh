# SPDX-License-Identifier: LGPL-2.1-or-later
# Completions of zsh at the end of a line, one per line: an interactive zsh gets typed input, and compadd prints the
# matches.
# usage: zsh -f offered.zsh COMPLETION-DIR PROGRAM-DIR LINE      leaves ./dump, which makes the next run shorter
emulate -L zsh
zmodload zsh/zpty

until_line() { # PATTERN
	local l
	while zpty -r shell l; do
		[[ $l == *$1* ]] && return
		[[ $l == *OFFER:?* ]] && print -r -- ${${l#*OFFER:}%%$'\r'*}
	done
}

zpty shell zsh -f -i
zpty -w shell "PS1=; unsetopt zle_bracketed_paste; fpath=($1 \$fpath); path=($2 \$path); autoload -Uz compinit; compinit -u -d ./dump; print RE''ADY"
until_line READY
zpty -w shell 'compadd() {
	local -a offered
	if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
		builtin compadd -A offered "$@"
		print -rl -- "OFF""ER:"$^offered
	fi
	builtin compadd "$@"
}
show() { zle complete-word; print; print -r -- "SHO""WN" }
zle -N show; bindkey "^I" show; print RE''ADY'
until_line READY
zpty -n -w shell "$3"$'\t'
until_line SHOWN
zpty -d shell
