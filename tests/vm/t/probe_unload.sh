#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A module is unloaded while its functions and its tracepoint are probed, and loaded again.
# with: probed
# full
# timeout: 180
exec /job/prog/probe_unload /job/probed.ko
