#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Threads that use one session, its descriptor and its mappings at the same moment. The seed is printed.
# full
# timeout: 120
exec /job/prog/dev_threads
