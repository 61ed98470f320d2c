#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Several sessions at the same time: each records its own calls, and sessions with the same selection record the same
# bytes.
# full
# timeout: 120
exec /job/prog/rec_several
