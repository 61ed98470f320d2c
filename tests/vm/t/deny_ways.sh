#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Attacks on directories, attributes, processes, mounts and calls. Without a rule each attack succeeds. Rules of linx
# refuse each attack, but no similar operation.
# full
# params: enforce=1
# timeout: 1200
. "$JOB/guest/t.sh"

deny_ways none || fail "an attack does not work"
deny_ways rules || fail "an attack came through"
