// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of rings and the rules of mapping it. Process context, may sleep.
 *
 *   page(s)    mapped by              reason
 *   producer   owner, read-only       holds the position where the records end. A reader need not
 *                                     write there; a wrong position would mislead only the reader
 *   consumer   owner, read-write      the reader's position; the kernel checks each value read
 *   data       owner, read-only       in recorder mode the kernel follows the lengths of the
 *                                     records in it
 *
 * No mapping is executable or can be grown, and core dumps contain none of them. A child
 * process inherits a mapping only if its parent asked for that (MADV_DOFORK).
 */
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "compat/compat.h"
#include "ring/producer.h"
#include "ring/ring_mem.h"
#include "ring/side.h"
#include "shared/ring_proto.h"

static unsigned int memory_percent = 25;
module_param(memory_percent, uint, 0644);
MODULE_PARM_DESC(memory_percent, "Most memory that the rings of all sessions may take, in percent of RAM (25)");

static unsigned int ring_max_mb = 1024;
module_param(ring_max_mb, uint, 0644);
MODULE_PARM_DESC(ring_max_mb, "Largest ring per CPU, in MiB (1024)");

static atomic64_t linx_charged; /* bytes of all rings, with what is allocated beside them */

u64 linx_ring_memory_max(void)
{
	return (u64)totalram_pages() * PAGE_SIZE / 100 * min(READ_ONCE(memory_percent), 100u);
}

u64 linx_ring_size_max(void)
{
	/* the number of pages has 32 bits and is doubled */
	return min((u64)READ_ONCE(ring_max_mb) << 20, (u64)PAGE_SIZE << 30);
}

/* Reserves bytes of the limit that all sessions share; linx_ring_uncharge() gives them back. */
int linx_ring_charge(struct linx_session *s, u64 bytes)
{
	if (atomic64_add_return(bytes, &linx_charged) > linx_ring_memory_max()) {
		atomic64_sub(bytes, &linx_charged);
		return -ENOMEM;
	}
	s->charged += bytes;
	return 0;
}

void linx_ring_uncharge(struct linx_session *s, u64 bytes)
{
	atomic64_sub(bytes, &linx_charged);
	s->charged -= bytes;
}

static void area_free(struct linx_area_memory *a, u32 npages)
{
	u32 i;

	vunmap(a->data); /* NULL is allowed */
	for (i = 0; a->pages && i < npages && a->pages[i]; i++) {
		__free_page(a->pages[i]);
		cond_resched();
	}
	kvfree(a->pages);
	memset(a, 0, sizeof(*a));
}

/*
 * Allocates zeroed pages on the CPU's node, charged to the caller's cgroup where possible, and maps them twice, back
 * to back.
 */
static int area_alloc(struct linx_area_memory *a, u32 npages, int node)
{
	u32 i;

	a->pages = kvcalloc(2 * (size_t)npages, sizeof(*a->pages), LINX_GFP);
	if (!a->pages)
		return -ENOMEM;
	for (i = 0; i < npages; i++) {
		a->pages[i] = alloc_pages_node(node, LINX_GFP_MAPPED | __GFP_ZERO, 0);
		if (!a->pages[i])
			goto err_free;
		a->pages[npages + i] = a->pages[i];
		if (fatal_signal_pending(current))
			goto err_free;
		cond_resched();
	}
	a->data = vmap(a->pages, 2 * npages, VM_MAP | VM_USERMAP, PAGE_KERNEL);
	if (!a->data)
		goto err_free;
	return 0;

err_free:
	area_free(a, npages);
	return -ENOMEM;
}

/* Allocates a page for user space to map. vmalloc_user() would charge no cgroup and log a failure. */
static void *positions_alloc(int node)
{
	struct page *page = alloc_pages_node(node, LINX_GFP_MAPPED | __GFP_ZERO, 0);
	void *p;

	if (!page)
		return NULL;
	p = vmap(&page, 1, VM_MAP | VM_USERMAP, PAGE_KERNEL);
	if (!p)
		__free_page(page);
	return p;
}

/*
 * Frees a page of positions_alloc(). vfree() of an area with VM_MAP_PUT_PAGES would do the same. But kernels without
 * commit a2e740e216f5 then subtract the page from nr_vmalloc_pages (VmallocUsed), to which vmap() has not added it.
 */
static void positions_free(void *p)
{
	struct page *page;

	if (!p)
		return;
	page = vmalloc_to_page(p);
	vunmap(p);
	__free_page(page);
}

void linx_ring_free(struct linx_ring *r)
{
	area_free(&r->memory[0], r->npages);
	area_free(&r->memory[1], r->npages);
	memset(r->areas, 0, sizeof(r->areas));
	positions_free(r->prod);
	positions_free(r->cons);
	kvfree(r->calls);
	kfree(r->scratch);
	linx_side_free(r);
	r->prod = NULL;
	r->cons = NULL;
	r->calls = NULL;
	r->scratch = NULL;
	r->area = NULL;
}

/* Does the session record what happens in interrupts? */
static bool has_side(const struct linx_session *s)
{
	return s->flags & LINX_SETUP_SIGNALS || s->ops || s->wants_sides;
}

/* Allocates all parts of a ring and sets its sizes. The caller makes the ring visible to probes (linx_ring_open()). */
static int ring_fill(struct linx_session *s, struct linx_ring *r, int cpu, unsigned int halves)
{
	unsigned int i;

	r->npages = s->ring_size >> PAGE_SHIFT;
	for (i = 0; i < halves; i++) {
		if (area_alloc(&r->memory[i], r->npages, cpu_to_node(cpu)))
			return -ENOMEM;
		r->areas[i].data = r->memory[i].data;
	}
	r->prod = positions_alloc(cpu_to_node(cpu));
	r->cons = positions_alloc(cpu_to_node(cpu));
	r->calls = kvcalloc(LINX_ABI_NR * LINX_NR_MAX, sizeof(*r->calls), LINX_GFP);
	r->scratch = kmalloc(LINX_RING_SCRATCH, LINX_GFP);
	if (!r->prod || !r->cons || !r->calls || !r->scratch)
		return -ENOMEM;
	r->size = s->ring_size;
	r->mask = s->ring_size - 1;
	r->keep = s->keep + LINX_GAP_LEN;
	r->low_mark[0] = s->throttle ? s->ring_size / 2 : s->ring_size - r->keep;
	r->low_mark[1] = s->throttle ? s->ring_size / 2 : s->ring_size - LINX_GAP_LEN;
	r->least_room = halves > 1 ? min_t(u64, r->rec_limit, r->size / 8) : 0;
	r->stalled_at = U64_MAX;
	return has_side(s) ? linx_side_alloc(s, r, cpu) : 0;
}

#define CALLS_SIZE (LINX_ABI_NR * LINX_NR_MAX * sizeof(*((struct linx_ring *)NULL)->calls))

/* Bytes of a CPU's ring, of the tables of its pages, its two pages of positions, its counts of calls and its scratch room. */
static u64 ring_cost(const struct linx_session *s, unsigned int halves)
{
	u64 half = s->ring_size + 2 * (s->ring_size >> PAGE_SHIFT) * sizeof(struct page *);

	return half * halves + 2 * PAGE_SIZE + CALLS_SIZE + LINX_RING_SCRATCH + (has_side(s) ? linx_side_cost() : 0);
}

/*
 * Makes the ring of one CPU. Probes may already run on that CPU and count lost records in the ring. Before
 * linx_ring_open(), these probes use no other member of the ring than its counters.
 */
int linx_ring_alloc(struct linx_session *s, struct linx_ring *r, int cpu)
{
	unsigned int halves = s->mode == LINX_MODE_RECORDER ? 2 : 1;
	int err = linx_ring_charge(s, ring_cost(s, halves));

	if (err)
		return err;
	err = ring_fill(s, r, cpu, halves);
	if (err) {
		linx_ring_free(r);
		linx_ring_uncharge(s, ring_cost(s, halves));
		return err;
	}
	linx_ring_open(s, r);
	return 0;
}

int linx_ring_want_sides(struct linx_session *s)
{
	int cpu, err = 0;

	lockdep_assert_held(&s->lock);
	s->wants_sides = true;
	for_each_possible_cpu(cpu) {
		struct linx_ring *r = per_cpu_ptr(s->ring, cpu);

		if (!r->area || r->side)
			continue;
		err = linx_ring_charge(s, linx_side_cost());
		if (err)
			break;
		err = linx_side_alloc(s, r, cpu);
		if (err) {
			linx_ring_uncharge(s, linx_side_cost());
			break;
		}
	}
	return err;
}

struct linx_map {
	void *addr;
	u64 size;
	bool writable;
};

/*
 * Sets *m to the part of the ring that user space maps under the number "what" (LINX_MMAP_*). Returns false if the ring
 * has no such part.
 */
static bool map_of(struct linx_ring *r, unsigned int what, struct linx_map *m)
{
	switch (what) {
	case LINX_MMAP_PRODUCER:
		*m = (struct linx_map){ r->prod, PAGE_SIZE, false };
		return true;
	case LINX_MMAP_CONSUMER:
		*m = (struct linx_map){ r->cons, PAGE_SIZE, true };
		return true;
	case LINX_MMAP_DATA:
		*m = (struct linx_map){ r->memory[0].data, 2 * r->size, false };
		return true;
	case LINX_MMAP_DATA2:
		*m = (struct linx_map){ r->memory[1].data, 2 * r->size, false };
		return r->memory[1].data;
	default:
		return false;
	}
}

/*
 * Maps a part of a ring into user space. session.lock must not be taken here, since mmap_lock is held. Rings stay as
 * long as the file is open.
 */
int linx_ring_mmap(struct linx_session *s, struct vm_area_struct *vma)
{
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	u64 cpu = offset >> 36;
	struct linx_ring *r;
	struct linx_map m;

	if (!smp_load_acquire(&s->ready) || cpu >= nr_cpu_ids || !cpu_possible(cpu))
		return -EINVAL;
	r = per_cpu_ptr(s->ring, array_index_nospec(cpu, nr_cpu_ids));
	if (!smp_load_acquire(&r->area)) /* pairs with linx_ring_open() */
		return -ENXIO;
	if (offset & ((1ULL << 34) - 1) || !map_of(r, offset >> 34 & 3, &m) || vma->vm_end - vma->vm_start != m.size ||
	    !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC || (vma->vm_flags & VM_WRITE && !m.writable))
		return -EPERM;
	linx_vm_flags(vma, VM_DONTCOPY | VM_DONTEXPAND | VM_DONTDUMP, VM_MAYEXEC | (m.writable ? 0 : VM_MAYWRITE));
	return remap_vmalloc_range(vma, m.addr, 0);
}
