#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Threads use one session of linx's device, its descriptor and its mappings at the same moment, and every counter stays
# exact. The seed is printed.
# full
# timeout: 120
exec /job/prog/dev_threads
