#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A thousand functions are armed in under a second; two hundred probes of all kinds at once; more than there may be.
# full
# timeout: 180
exec /job/prog/probe_many
