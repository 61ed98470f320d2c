// SPDX-License-Identifier: LGPL-2.1-or-later
/* Headers of HTTP: the words that messages begin with, the calls that move them, and headers that nobody goes on with. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "engine/bpf/bpf.h"

/* Rows as engine/walk/rows.c numbers them. */
enum {
	ROW_UNKNOWN,
#define SYSCALL(id, class, args) ROW_##id,
#include "tables/syscalls.def"
#undef SYSCALL
	ROW_NR,
};

static const uint8_t calls[ROW_NR] = {
#define CALL(row, what) [ROW_##row] = what,
#include "tables/http.def"
#undef CALL
};

static const struct {
	const char *text;
	uint32_t len;
} begins[] = {
#define BEGIN(text, length) { text, length },
#include "tables/http.def"
#undef BEGIN
};
#define NBEGINS (sizeof(begins) / sizeof(begins[0]))

#define PLACES (1u << LINX_HTTP_HASH_BITS)

/* A structure of bpf/http.h: messages that begin with the same word. */
struct http_begin {
	uint64_t text[2][2];
	uint32_t len[2];
};

uint32_t linx_bpf_http_of(const struct linx_walker_row *row)
{
	return calls[row->id];
}

static uint32_t place_of(uint32_t word)
{
	return word * LINX_HTTP_HASH_FACTOR >> (32 - LINX_HTTP_HASH_BITS);
}

static uint32_t word_of(const char *text, size_t n)
{
	uint32_t word = 0;

	memcpy(&word, text, n);
	return word;
}

int linx_bpf_http_words(const struct linx_engine_bpf *b)
{
	uint32_t words[PLACES] = { 0 }, word;

	for (size_t i = 0; i < NBEGINS; i++) {
		for (size_t n = 1; n <= sizeof(word); n++) {
			word = word_of(begins[i].text, n);
			words[place_of(word)] = word;
		}
	}
	return linx_bpf_set_value(b, ".rodata.http", words, sizeof(words));
}

int linx_bpf_http_begins(const struct linx_engine_bpf *b)
{
	int fd = b->lib.bpf_map__fd(b->lib.bpf_object__find_map_by_name(b->object, "http_begins")), rc = 0;
	struct http_begin all[PLACES] = { 0 };
	uint32_t at;

	for (size_t i = 0; i < NBEGINS; i++) {
		struct http_begin *to = &all[place_of(word_of(begins[i].text, 4))];
		unsigned int k = to->len[0] != 0;

		memcpy(to->text[k], begins[i].text, begins[i].len);
		to->len[k] = begins[i].len;
	}
	for (at = 0; !rc && at < PLACES; at++)
		rc = b->lib.bpf_map_update_elem(fd, &at, &all[at], BPF_ANY);
	return rc;
}

/* Once in a second. A program may change an entry meanwhile: then somebody goes on with it. */
void linx_bpf_http_sweep(struct linx_engine_bpf *b)
{
	uint32_t now = (uint32_t)(linx_bpf_now() / 1000000000) & LINX_HTTP_TIME_MASK;

	if (!b->http || b->http_swept == now)
		return;
	b->http_swept = now;
	for (unsigned int i = 0; i < LINX_HTTP_ENTRIES; i++) {
		uint64_t entry = __atomic_load_n(&b->http[i], __ATOMIC_RELAXED);

		if (!entry || LINX_HTTP_AGE(entry, now) <= LINX_HTTP_IDLE_MAX)
			continue;
		if (__atomic_compare_exchange_n(&b->http[i], &entry, 0, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
			__atomic_fetch_sub(&b->control->http_unfinished, 1, __ATOMIC_SEQ_CST);
	}
}
