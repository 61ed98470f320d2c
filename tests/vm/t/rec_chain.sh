#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Paths that take long: the part that one call or one snapshot records of them is bounded.
# full
# timeout: 180
exec /job/prog/rec_chain
