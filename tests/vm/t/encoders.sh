#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The comparison of the two encoders (fast path and general code) detects errors: one of them writes or reads a bit
# wrong at one place after another, and each is reported in the kernel's log, which fails this test.
# both-encoders
# fails: linx: encoders differ
. "$JOB/guest/t.sh"

params=/sys/module/linx/parameters

count() { awk -v key="$1" '{ for (i = 1; i < NF; i += 2) if ($i == key) print $(i + 1) }' $params/encoders; }

# record: makes a few records, of 40 bytes at least.
record() { linxcap --format strace -e trace=read,openat -o /tmp/log -- cat /etc/passwd >/tmp/out || fail "linxcap: $?"; }

compared=$(count compared)
record
[ "$(count compared)" -gt "$compared" ] || fail "nothing was compared"
wrong=$(count different)

# Offsets of the byte that is falsified: in the length, the number and the time of a record, its thread id, the ABI of
# its call, and the first two words after its head.
for at in 0 4 8 16 22 24 32; do
	echo $at >$params/encoder_fault
	record
	wrong=$((wrong + 1))
	is "differences after a wrong byte $at" "$(count different)" $wrong
	dmesg | grep -q "linx: encoders differ: .*, from byte $at on: " || fail "no line reports byte $at"
done

# A wrong read of user memory appears in both records, since the general encoder gets the copies that the fast path
# made. It is detected because the reading functions of both encoders are compared, too.
echo 1 >$params/reader_fault
record
wrong=$((wrong + 1))
is "differences of what was read" "$(count different)" $wrong
dmesg | grep -q "linx: encoders differ in what they read: " || fail "no line reports the reader"

record
is "differences without a wrong byte" "$(count different)" $wrong
