#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A thousand functions are probed in under a second; two hundred probes of all kinds run at once; and more probes than
# are allowed are refused.
# full
# timeout: 180
exec /job/prog/probe_many
