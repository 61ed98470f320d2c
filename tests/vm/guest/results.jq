# SPDX-License-Identifier: LGPL-2.1-or-later
# Prints linxcap's JSON events as lines TID CALL RESULT, for tests/vm/guest/same-calls --results.
select((.kind == "syscall" and (.dir == "exit" or .syscall == "exit" or .syscall == "exit_group")) or .kind == "exit")
| if .kind == "exit" then
	[.tid, "+++", if .signal then
		"killed by \(.signal)" + (if .core_dumped then " (core dumped)" else "" end)
	else "exited with \(.exit_code)" end]
else
	[.tid, .syscall, if .ret == null then "?" else .errno // .ret end]
end | @tsv
