/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is called rarely stays apart from what every event passes: expanded in
 * place, the registers that it needs would be saved and restored for each event.
 */
#ifndef LINX_APART_H
#define LINX_APART_H

#define LINX_APART __attribute__((noinline))

#endif
