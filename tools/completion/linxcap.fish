# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of linxcap for fish. It has no list of options: they are read from --help all, and names
# of calls and fields from `linxcap list` and `linxcap fields`.

function __linxcap_subcommands
    linxcap --help all 2>/dev/null | sed -nE '/^Subcommands:/,/^$/s/^  ([a-z]+) +(.*)/\1\t\2/p'
end

# Prints letter, name, argument and description of each option in a help text, separated by tabs.
function __linxcap_options
    linxcap $argv --help all 2>/dev/null | awk '
        function print_row() { if (have) print letter "\t" name "\t" arg "\t" text; have = 0 }
        /^  -/ {
            print_row()
            letter = name = arg = ""; have = 1
            spec = substr($0, 3); text = ""
            if (match(spec, /  +/)) { text = substr(spec, RSTART + RLENGTH); spec = substr(spec, 1, RSTART - 1) }
            if (match(spec, /^-[a-zA-Z]/)) { letter = substr(spec, 2, 1); spec = substr(spec, 3); sub(/^, /, "", spec) }
            if (match(spec, /^--[a-z0-9-]+/)) { name = substr(spec, 3, RLENGTH - 2); spec = substr(spec, RLENGTH + 1) }
            sub(/^ /, "", spec); arg = spec
            next
        }
        /^   +[^ ]/ && have && text == "" { text = $0; sub(/^ +/, "", text); next }
        { print_row() }
        END { print_row() }'
end

function __linxcap_calls
    set -l head (string match -r '^(?:.*,|trace=)' -- (commandline -ct | string replace -r '^-e' ''))
    linxcap list 2>/dev/null | sed -E 's/^[^ ]+ +[0-9]+ ([^(]+).*/\1/' | sort -u | string replace -r '^' -- "$head"
end

function __linxcap_fields
    linxcap fields 2>/dev/null | sed -nE 's/^([a-z0-9]+\.[a-z0-9_.]+).*/\1/p'
end

# Prints what fish can complete for an option's argument that has this name in the help text.
function __linxcap_values --argument-names arg
    switch $arg
        case 'trace=SET' SET EXPR
            echo '(__linxcap_calls)'
        case 'PID*'
            echo '(__fish_complete_pids)'
        case CMD
            echo '(__fish_complete_command)'
        case USER
            echo '(__fish_complete_users)'
        case '*|*'
            string split '|' -- $arg | string match -v TEMPLATE | string join ' '
    end
end

# Prints the words of the traced command that are already typed, one per line. Returns 1 if the word that is
# being typed does not belong to a command.
function __linxcap_command
    set -l words (commandline -opc)
    if set -l end (contains -i -- -- $words)
        set -e words[1..$end]
    else if test "$words[2]" = strace
        set -e words[1..2]
        while string match -q -- '-*' "$words[1]"
            if contains -- $words[1] $__linxcap_strace_arguments
                set -q words[2]; or return 1
                set -e words[1]
            end
            set -e words[1]
        end
        if not set -q words[1]; and string match -q -- '-*' (commandline -ct)
            return 1
        end
    else
        return 1
    end
    set -q words[1]; and printf '%s\n' $words
    return 0
end

function __linxcap_complete_command
    complete -C (string join ' ' -- (string escape -- (__linxcap_command)) (commandline -ct))
end

function __linxcap_add --argument-names condition letter name arg text
    set -l words -c linxcap -n $condition
    test -z "$letter"; or set -a words -s $letter
    test -z "$name"; or set -a words -l $name
    test -z "$text"; or set -a words -d $text
    switch "$arg"
        case '' '[*' '=*'
        case FILE DIR PATH CGROUP
            set -a words -r -F
        case '*'
            set -a words -x
            set -l values (__linxcap_values $arg)
            test -z "$values"; or set -a words -a $values
    end
    complete $words
end

function __linxcap_begin
    set -l tab (printf '\t')
    set -l names (__linxcap_subcommands | string replace -r "$tab.*" '')
    complete -c linxcap -e
    complete -c linxcap -n __fish_use_subcommand -f -a '(__linxcap_subcommands)'
    complete -c linxcap -n __fish_use_subcommand -f -a '(__linxcap_fields)'
    for line in (__linxcap_options)
        __linxcap_add "not __fish_seen_subcommand_from $names" (string split $tab -- $line)
    end
    for name in $names
        for line in (__linxcap_options $name)
            __linxcap_add "__fish_seen_subcommand_from $name; and not __linxcap_command >/dev/null" (string split $tab -- $line)
        end
        # the possible first words after a subcommand, as "check" of `linxcap config check FILE`, from its usage lines
        set -l wanted (linxcap $name --help 2>/dev/null | sed -nE "s/^(Usage:|      ) linxcap $name ([a-z]+) .*/\2/p")
        test -z "$wanted"; or complete -c linxcap -n "__fish_seen_subcommand_from $name" -a "$wanted"
    end
    # options of `linxcap strace` whose argument is the next word
    set -g __linxcap_strace_arguments
    for line in (__linxcap_options strace)
        set -l fields (string split $tab -- $line)
        string match -qr '^[^[]' -- $fields[3]; or continue
        test -z "$fields[1]"; or set -a __linxcap_strace_arguments -$fields[1]
        test -z "$fields[2]"; or set -a __linxcap_strace_arguments --$fields[2]
    end
    complete -c linxcap -n '__linxcap_command >/dev/null' -f -a '(__linxcap_complete_command)'
    complete -c linxcap -n '__fish_seen_subcommand_from help' -f -a '(__linxcap_subcommands)'
end

__linxcap_begin
