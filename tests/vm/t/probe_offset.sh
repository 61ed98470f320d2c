#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Probes on instructions within functions: registers hold there what the code has put into them, in every context; and
# places that cannot be probed are refused.
# with: probed
# timeout: 120
exec /job/prog/probe_offset /job/probed.ko
