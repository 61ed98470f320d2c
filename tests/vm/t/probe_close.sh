#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sessions with probes end in the middle of hits, in each way, and the module is unloaded and loaded between them.
# full
# timeout: 240
exec /job/prog/probe_close
