#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rules that refuse: rights, malformed sets, conditions, actions, records, counters, two sessions.
# params: enforce=1
# timeout: 120
exec /job/prog/deny_basic
