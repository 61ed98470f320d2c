#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sessions end while another tracer is held up by a program: since 6.13 tracers may wait for its memory.
# timeout: 150
exec /job/prog/dev_held
