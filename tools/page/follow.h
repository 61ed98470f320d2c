/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Follows open files through the descriptors that stand for them: also through copies by dup(), and descriptors that
 * children inherit. Two descriptors have the same number here if they stand for the same open file. A descriptor that
 * is received through a socket gets a new number.
 */
#ifndef LINXCAP_PAGE_FOLLOW_H
#define LINXCAP_PAGE_FOLLOW_H

#include <linx/linx.h>

struct page_follow;

struct page_follow *page_follow_new(void); /* NULL: out of memory */
void page_follow_free(struct page_follow *f);
/* Takes note of what an event does to descriptors. False: out of memory. */
bool page_follow_event(struct page_follow *f, const struct linx_event *ev);
/*
 * Returns the number, from 1, of the open file that a descriptor of a process stands for; 0: no event has shown the
 * file. The numbers depend only on the events and their order.
 */
uint32_t page_follow_find(const struct page_follow *f, uint32_t pid, int64_t fd);
/* Returns how many descriptors stand for an open file. */
uint32_t page_follow_uses(const struct page_follow *f, uint32_t number);

#endif
