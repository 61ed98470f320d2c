#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rules are swapped, ended and unloaded while two programs are refused all the time.
# full
# params: enforce=1
# timeout: 180
exec /job/prog/deny_lifetime
