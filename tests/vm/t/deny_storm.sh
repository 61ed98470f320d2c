#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Storms of refusals under load: no open passes, and each refusal is counted, and is a record or counted as lost.
# full
# params: enforce=1
# timeout: 180
exec /job/prog/deny_storm
