#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Paths that take long to compute: the number of such paths that one call or one snapshot records is bounded.
# full
# timeout: 180
exec /job/prog/rec_chain
