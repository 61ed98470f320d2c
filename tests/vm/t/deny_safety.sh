#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Whom rules spare, and whom they do not.
# params: enforce=1
# timeout: 90
exec /job/prog/deny_safety
