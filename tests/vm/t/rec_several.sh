#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Several sessions at the same time: each has its own calls, and the same bytes as any other.
# timeout: 120
exec /job/prog/rec_several
