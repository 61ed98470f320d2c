#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Any calls with any arguments, for minutes.
# slow
# timeout: 1500
exec /job/prog/rec_calls "$(date +%s)" 150
