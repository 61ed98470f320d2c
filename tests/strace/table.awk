# SPDX-License-Identifier: LGPL-2.1-or-later
# Prints the results of strace's suite: awk -f table.awk -v ... ALL OWN NEWEST LINXCAP, the tests that apply and the
# verdicts of each tracer, "WORD NAME SECONDS [WHY]". Fails when linxcap fails a test that the newest strace passes, but
# for those of the file `differs`.

BEGIN {
	while ((getline line <differs) > 0)
		if (line !~ /^#/ && split(line, f, "\t") > 1)
			known[f[1]] = f[2]
}
FNR == 1 { file++ }
FILENAME == ARGV[1] { test[$1] = ++tests; next }
!($2 in test) { next }
{ who = FILENAME; sub(/.*\//, "", who); sub(/-.*/, "", who); verdict[who, $2] = $1 }

function passes(who, t) { return verdict[who, t] == "pass" || verdict[who, t] == "empty" }

function percent(a, b) { return b ? sprintf("%.1f %%", 100 * a / b) : "-" }

# Returns the lines that a tracer wrote, without addresses and numbers that may be task ids.
function lines(who, t,   path, line, all) {
	path = logs "/" (who == "linxcap" ? linxcap : who "-" bits) "/" t ".log"
	while ((getline line <path) > 0) {
		gsub(/0x[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]+/, "ADDRESS", line)
		sub(/^[0-9]+ +/, "", line)
		line = gensub(/(^|[^0-9A-Za-z_])[0-9]{3,5}([^0-9A-Za-z_]|$)/, "\\1N\\2", "g", line)
		all = all line "\n"
	}
	close(path)
	return all
}

function share(who, name,   t, n, both, counted) {
	for (t in test) {
		if (!passes(who, t) || verdict["linxcap", t] == "")
			continue
		n++
		if (verdict["linxcap", t] == verdict[who, t])
			both++
	}
	if (!n)
		return
	printf "%d bits: of %d tests that strace %s passes, linxcap strace passes %d: %s\n", bits, n, name, both, percent(both, n)
}

END {
	for (t in test)
		count[verdict["linxcap", t]]++
	printf "%d bits: %d tests apply: linxcap strace passes %d, skips %d, fails %d, not run %d\n", bits, tests,
		count["pass"] + count["empty"], count["skip"], count["fail"], count[""]
	if (version != newest)
		share("own", version)
	share("newest", newest)
	for (t in test) {
		if (verdict["linxcap", t] != "fail" || verdict["newest", t] != "fail")
			continue
		fail++
		if (lines("linxcap", t) != "" && lines("linxcap", t) == lines("newest", t))
			same++
		else
			print "  others: " t | "sort"
	}
	close("sort")
	printf "%d bits: %d tests fail with both; in %d of them linxcap strace writes what strace %s writes\n", bits, fail, same, newest
	for (t in test) {
		if (!passes("newest", t) || verdict["linxcap", t] == "")
			continue
		if (verdict["linxcap", t] == verdict["newest", t]) {
			good++
			continue
		}
		bad++
		new += !(t in known)
		print "  " t ": " (t in known ? known[t] : verdict["linxcap", t]) | "sort"
	}
	close("sort")
	print good + 0, bad + 0 >>counts
	exit new > 0
}
