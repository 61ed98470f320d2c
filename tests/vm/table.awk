# SPDX-License-Identifier: LGPL-2.1-or-later
# Makes the table of tests from the comments at the top of the tests' files. One program reads all files, since one
# process for each key of each file would take a minute. Prints a row for each test; the columns are separated by tabs,
# and a column without a value is "-":
#   NAME SMP MEM SECONDS PARAMS COMMAND ALONE FAILS
# Variables: arch and series: of the kernel; slow: factor by which everything takes longer than usual;
#   quick, full, both, parallel: yes or no; long: yes, no or any. See tests/vm/run.
#   engine: the engine under which the cases run, empty: the module; differs: the cases that have another result under
#   this engine; user: yes leaves out the cases that need root.
# Scenarios (*.sh) have lines "# key" or "# key: value" before their first command. Cases (*.c) can have
# /* linx-options: ... */ in their first comment, and words there say for which ABIs or users a case is not run.

FNR == 1 {
	flush()
	file = FILENAME
	name = file
	gsub(/^.*\/|\.[a-z]*$/, "", name)
	is_case = file ~ /\.c$/
	split("", has)
	in_head = 1
	shell = $0 ~ /bash/ ? "exec bash" : "exec busybox sh"
	options = ""
}

is_case {
	if (in_head && options == "" && /linx-options:/) {
		options = $0
		sub(/.*linx-options: */, "", options)
		sub(/ *\*\/ *$/, "", options)
	}
	if (/\*\//)
		in_head = 0
	if (/i386 only/)
		has["i386 only"] = 1
	if (/x86 only/)
		has["x86 only"] = 1
	if (/not arm64/)
		has["not arm64"] = 1
	if (/native only/)
		has["native only"] = 1
	if (/root only/)
		has["root only"] = 1
	next
}

!/^#/ { nextfile }

{
	i = index($0, ": ")
	key = substr($0, 3)
	value = "yes"
	if (i) {
		key = substr($0, 3, i - 3)
		value = substr($0, i + 2)
	}
	if (!(key in has))
		has[key] = value
}

END { flush() }

function value_or(key, otherwise) { return key in has && has[key] != "" ? has[key] : otherwise }

function lists(key, word) { return index(" " has[key] " ", " " word " ") }

function flush() {
	if (file == "")
		return
	if (is_case)
		case_rows()
	else
		scenario_row()
}

function scenario_row(	timeout) {
	if ("kernels" in has && !lists("kernels", series_of(series)))
		return
	if (arch != "amd64" && !lists("arches", arch))
		return
	if (parallel == "yes" && !("parallel" in has))
		return
	if (both != "yes" && "both-encoders" in has)
		return
	if ((quick == "yes" && !("quick" in has)) || (full != "yes" && "full" in has))
		return
	if (long != "any" && long != value_or("slow", "no"))
		return
	row("t/" name, value_or("smp", 2), value_or("mem", "2G"), value_or("timeout", 60), value_or("params", "-"),
	    kept(shell) " /job/t/" name ".sh", "reboots" in has ? name : "-", value_or("fails", "-"))
}

# Returns the command with the program that keeps the probes attached in front of it, for tests in parallel.
function kept(command) {
	if (parallel == "yes")
		sub(/^exec /, "exec /job/prog/par_keep ", command)
	return command
}

# A test that names a series in its head means all flavours of it.
function series_of(s) {
	sub(/-.*/, "", s)
	return s
}

# A case is built for the machine's own ABI and for its 32-bit ABI.
function case_rows(	foreign) {
	if (quick == "yes" || long == "yes" || parallel == "yes")
		return
	if (user == "yes" && ("root only" in has))
		return
	foreign = arch != "amd64"
	if (foreign && (("i386 only" in has) || ("x86 only" in has)))
		return
	if (!("i386 only" in has) && !(foreign && ("not arm64" in has)))
		case_row(name)
	if (!("native only" in has))
		case_row(name (foreign ? ".arm" : ".i386"))
}

function case_row(binary,	how) {
	how = engine == "" ? "" : "--engine " engine " "
	if (index(" " differs " ", " " binary " "))
		how = how "--differs "
	else if (engine == "ptrace")
		how = how "--same "
	row("case/" binary, 2, "2G", 60, "-", "exec busybox sh /job/guest/run-case " how binary " " options, "-", "-")
}

function row(name, smp, mem, seconds, params, command, alone, fails) {
	printf "%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\n", name, smp, mem, seconds * slow, params, command, alone, fails
}
