// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Random ioctls on linx's device, with random structures at random addresses, from a printed seed: none may do harm or
 * return an undocumented error. Built for the 64-bit ABI only (native only).
 * usage: dev_random [SEED [COUNT]]
 */
#include "load.h"
#include "rnd.h"

#define PER_SESSION 400

static struct dev d;
static uint64_t table_size;
static uint8_t *table;
static uint8_t *good, *read_only, *edge; /* edge: end of mapped memory; the page behind it is unmapped */

static uint64_t any_pointer(void)
{
	return ONE_OF((uintptr_t)good + 8192, (uintptr_t)good + 8192, (uintptr_t)read_only, 0, 8,
		      (uintptr_t)edge - 4, 0xffffffff81000000, ~0ULL, rnd());
}

static uint64_t any_word(void)
{
	return ONE_OF(0, 0, 0, 0, 1, 2, 3, 0x10, 64, 0x3ff, 100, 4096, 8192, 65536, 1 << 20, ~0ULL,
		      1ULL << 63, rnd(), rnd() & 0xffff, any_pointer(), getpid(), 1);
}

static void fill(uint8_t *p)
{
	unsigned int words = ONE_OF(0, 2, 8, 16, 64);
	uint64_t word;

	memset(p, 0, 4096);
	for (unsigned int i = 0; i < words; i++) {
		word = any_word();
		memcpy(p + 4 + rnd() % 4 * 4 + i * 8, &word, 8);
	}
	*(uint32_t *)p = ONE_OF(8, 16, 24, 32, 40, 56, 104, 776, 1056, 0, 3, 7, 23, 57, 64, 2000,
				4096, 4097, rnd());
}

#define LAST _IOC_NR(LINX_IOC_SEAL)

/*
 * Returns a random ioctl number. FLUSH and INHERIT wait for all CPUs, so COUNTERS replaces 15 of 16 of them. The number
 * may be one higher than the last ioctl's.
 */
static unsigned int any_number(void)
{
	unsigned int nr = rnd() % (LAST + 2);

	if ((nr == _IOC_NR(LINX_IOC_FLUSH) || nr == _IOC_NR(LINX_IOC_INHERIT)) && rnd() % 16)
		nr = _IOC_NR(LINX_IOC_COUNTERS);
	/* a sealed session refuses most later ioctls, so SEAL is made rarely */
	if (nr == _IOC_NR(LINX_IOC_SEAL) && rnd() % 64)
		nr = _IOC_NR(LINX_IOC_CLOCK);
	return nr;
}

static bool understood(int e)
{
	static const int list[] = {
		EINVAL, EFAULT, E2BIG, ENOTTY, EBUSY, EOPNOTSUPP, ESRCH, ENOMEM, EBADF, EPERM
	};

	for (unsigned int i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (e == list[i])
			return true;
	return false;
}

static unsigned int strange;
static uint64_t tried[LAST + 2], went[LAST + 2];
static uint64_t room[LINX_SNAPSHOT_MIN / 8]; /* buffer for the large structures */
static struct dev other; /* another session, which lists this process */

/* Fills a valid structure. If all were invalid, no session would ever exist to test. */
static void fill_right(unsigned int nr, uint8_t *p)
{
	__s32 *pid = (__s32 *)(good + 8192);

	memset(p, 0, 4096);
	*pid = getpid();
	if (nr == _IOC_NR(LINX_IOC_SETUP))
		*(struct linx_setup *)p = (struct linx_setup){ .size = sizeof(struct linx_setup),
							       .ring_size = 8192,
							       .mode = rnd() % 2,
							       .flags = rnd() % 8,
							       .delay_ns = rnd() % 2000000 };
	else if (nr == _IOC_NR(LINX_IOC_TABLE))
		*(struct linx_table_buf *)p =
			(struct linx_table_buf){ .size = sizeof(struct linx_table_buf),
						 .buf = (uintptr_t)table,
						 .buf_size = table_size };
	else if (nr == _IOC_NR(LINX_IOC_PIDS))
		*(struct linx_pids *)p = (struct linx_pids){ .size = sizeof(struct linx_pids),
							     .flags = rnd() % 2,
							     .pids = (uintptr_t)pid,
							     .count = 1 };
	else if (nr == _IOC_NR(LINX_IOC_INHERIT))
		*(struct linx_inherit *)p = (struct linx_inherit){ .size = sizeof(struct linx_inherit),
								   .session = other.fd };
	else if (nr == _IOC_NR(LINX_IOC_BUDGET))
		*(struct linx_budget *)p = (struct linx_budget){ .size = sizeof(struct linx_budget),
								 .per_second = rnd() % 2 * 100 };
	else if (nr == _IOC_NR(LINX_IOC_PRIORITY))
		*(struct linx_priority *)p = (struct linx_priority){ .size = sizeof(struct linx_priority),
								     .calls = { { rnd(), rnd() } } };
	else if (nr == _IOC_NR(LINX_IOC_SAMPLE))
		*(struct linx_sample *)p = (struct linx_sample){ .size = sizeof(struct linx_sample),
								 .every = (uintptr_t)room };
	else if (nr == _IOC_NR(LINX_IOC_SNAPSHOT))
		*(struct linx_snapshot *)p = (struct linx_snapshot){ .size = sizeof(struct linx_snapshot),
								     .buf = (uintptr_t)room,
								     .buf_size = LINX_SNAPSHOT_MIN };
	else
		fill(p);
}

static void one_call(unsigned int i)
{
	unsigned int nr = any_number();
	uint8_t *p = good;
	long ret;

	if (rnd() % 4)
		fill_right(nr, good);
	else
		fill(good);
	if (rnd() % 8 == 0)
		p = (uint8_t *)(uintptr_t)any_pointer();
	if ((nr == 6 || nr == 7 || nr == 12) && rnd() % 4)
		p = NULL;
	ret = ioctl(d.fd, _IOC(rnd() & 3, LINX_IOC_MAGIC, nr, rnd() & 0xfff), p);
	tried[nr]++;
	went[nr] += ret >= 0;
	if (ret < 0 && !understood(errno) && strange++ < 5)
		printf("# call %u, number %u: %s\n", i, nr, strerror(errno));
}

static void random_session(unsigned int from, unsigned int to)
{
	dev_open(&d);
	for (unsigned int i = from; i < to; i++)
		one_call(i);
	close(d.fd);
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 20261120;
	unsigned int count = argc > 2 ? atoi(argv[2]) : 20000;

	printf("# seed %llu, %u calls\n", (unsigned long long)seed, count);
	fflush(stdout);
	rnd_state = seed * 0x9e3779b97f4a7c15ULL + 1;
	good = shared(4 * 4096);
	read_only = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	edge = (uint8_t *)shared(8192) + 4096;
	munmap(edge, 4096);
	dev_open(&d);
	table_size = dev_info(&d).table_size;
	table = shared(table_size);
	dev_close(&d);
	dev_open(&other);
	dev_list(&other, getpid());
	for (unsigned int i = 0; i < count; i += PER_SESSION)
		random_session(i, i + PER_SESSION < count ? i + PER_SESSION : count);
	is(strange, 0, "answers that are none of the documented ones");
	dev_close(&other);
	for (unsigned int i = 0; i <= LAST; i++)
		ok(went[i] > 0, "number %u: %llu of %llu went well", i, (unsigned long long)went[i],
		   (unsigned long long)tried[i]);
	load_still_works();
	return tap_end();
}
