#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rules on capabilities that a program gains by being executed: set-user-ID, capabilities of files, and what gains none.
# params: enforce=1
# timeout: 90
exec /job/prog/deny_gain
