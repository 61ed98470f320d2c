#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The test t/ring_flood with ten million cheap calls, twice.
# slow
# timeout: 900
exec /job/prog/ring_flood 10000000
