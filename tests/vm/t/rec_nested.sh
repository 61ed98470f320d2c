#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A signal that an interrupt sends while another record is being written is recorded. If very many come at once, some
# are lost and counted.
# full
# mem: 3G
# timeout: 120
exec /job/prog/rec_nested
