#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# No record is longer than half its ring, however long its paths are.
# quick
exec /job/prog/rec_limit
