# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# shellcheck shell=bash
# Reads the figures of the tables that the bench has put into docs/, for README and the chart. Sourced after
# tests/lib/common.sh.

# Prints the lines of a block of a document, which begins with "```text WHICH" and ends with "```".
block() { # DOCUMENT WHICH
	awk -v which="$2" '$0 == "```text " which { on = 1; next } /^```$/ { on = 0 } on' "$LINX_ROOT/docs/$1"
}

# Prints lines "added TRACER CALL INSTRUCTIONS", "rate READER EVENTS-A-SECOND" and "live READER INSTRUCTIONS-AN-EVENT".
# A tracer in the tables of two documents has the figures of the one that comes first below.
figures() {
	{
		block performance.md figures | sed 's/^/calls /'
		block performance-peers.md wide | sed 's/^/wide /'
		block engines.md bpf | sed -n 's/^what linxcap records by default/bpf linx-bpf/p'
		block performance-readers.md readers | sed 's/^/readers /'
		block performance-readers.md live | sed 's/^/live /'
	} | awk '
	function added(from,   i) {
		if (!seen[$2]++)
			for (i = 1; i <= 8; i++)
				print "added", $2, call[i], $(from + i - 1)
	}
	BEGIN { split("getppid close read64 write64 write4k openclose newfstatat connect", call, " ") }
	$1 == "calls" && /^calls [A-Z]/ { table = $0 }
	$1 == "calls" && table ~ /Added by the tracer/ && NF == 10 && $3 ~ /^[0-9]+$/ { added(3) }
	$1 == "wide" && /^wide [A-Z]/ { wide = $2 }
	$1 == "wide" && wide == "Calls" && NF >= 12 && $3 ~ /^[0-9]+$/ { added(3) }
	$1 == "bpf" { added(3) }
	$1 == "readers" && /^readers [A-Z]/ { reading = $2 == "Reading" }
	$1 == "readers" && reading && NF >= 5 && $4 ~ /^[0-9]+$/ && !rates[$2]++ { print "rate", $2, $4 }
	$1 == "live" && $3 ~ /^[0-9]+$/ { print "live", $2, $4 }'
}
