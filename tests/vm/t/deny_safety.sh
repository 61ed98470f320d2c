#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Processes to which rules do not apply, such as their reader, and processes to which they do.
# params: enforce=1
# timeout: 90
exec /job/prog/deny_safety
