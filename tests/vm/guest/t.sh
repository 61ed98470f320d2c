# SPDX-License-Identifier: LGPL-2.1-or-later
# For scenario tests: . "$JOB/guest/t.sh"

fail() {
	echo "FAIL: $*"
	exit 1
}

skip() {
	echo "$*"
	exit 77
}

# is NAME GOT WANTED
is() {
	[ "$2" = "$3" ] || fail "$1: got '$2', wanted '$3'"
}
