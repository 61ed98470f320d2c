#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The threads of a process end in another order than the module records their ends: the process stays on the session's
# list until all ends are recorded.
# quick
# timeout: 90
exec /job/prog/dev_ended
