#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# An interrupt's probe that has to drop a record leaves a gap record at the place where it happened.
# full
# mem: 3G
# timeout: 120
exec /job/prog/rec_nested
