/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is called rarely stays apart from what every event passes: expanded in
 * place, the registers that it needs would be saved and restored for each event.
 */
#ifndef LINX_ATTRIBUTES_H
#define LINX_ATTRIBUTES_H

#define LINX_NOINLINE __attribute__((noinline))

/* The other way round: what is called from few places for nearly every event, however much it is. */
#define LINX_ALWAYS_INLINE inline __attribute__((always_inline))

#endif
