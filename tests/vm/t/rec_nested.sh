#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A signal of an interrupt that comes on top of another record is recorded; very many at once are lost and counted.
# full
# mem: 3G
# timeout: 120
exec /job/prog/rec_nested
