/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The structures of decoders/structs/ as C structures in the layout of one ABI, so that the compiler computes
 * their sizes and alignments. Included once for each ABI, with these macros: LAYOUT(name) is the name of a
 * type, LAYOUT_POINTER the bytes of a pointer, LAYOUT_ARCH(a, b) is a on x86 and b on ARM, LAYOUT_X86 is the
 * attribute of structures that are packed only on x86. Numbers are blocks of bytes: only their size and
 * alignment matter.
 */
#define BLOCK(n, bytes, boundary)                            \
	typedef struct {                                     \
		char bytes_[bytes];                          \
	} __attribute__((aligned(boundary))) LAYOUT(n);
#define NUM(n, a, b, c, is_signed, fmt, function) BLOCK(n, LAYOUT_PICK(a, b, c), LAYOUT_NATURAL(LAYOUT_PICK(a, b, c)))
#define NUMA(n, a, b, c, is_signed, fmt, function, boundary) BLOCK(n, LAYOUT_PICK(a, b, c), boundary)
#include "decoders/structs/scalars.def"
#undef NUM
#undef NUMA
BLOCK(linx_pointer, LAYOUT_POINTER, LAYOUT_POINTER)
BLOCK(linx_pointer64, 8, 8)

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define UNNAMED PASTE(pad_, __COUNTER__)

#define M(n, t) LAYOUT(t) UNNAMED;
#define MF(n, t, s) LAYOUT(t) UNNAMED;
#define MX(n, t, s, how) LAYOUT(t) UNNAMED;
#define A(n, t, c) LAYOUT(t) UNNAMED[c];
#define AF(n, t, c, s) LAYOUT(t) UNNAMED[c];
#define AX(n, t, c, s, how) LAYOUT(t) UNNAMED[c];
#define CHARS(n, c) char UNNAMED[c];
#define CHARSX(n, c, how) char UNNAMED[c];
#define BYTES(n, c) char UNNAMED[c];
#define P(n, t) LAYOUT(linx_pointer) UNNAMED;
#define PN(n, t, c) LAYOUT(linx_pointer) UNNAMED;
#define STRP(n) LAYOUT(linx_pointer) UNNAMED;
#define PATHP(n) LAYOUT(linx_pointer) UNNAMED;
#define BUFP(n, c) LAYOUT(linx_pointer) UNNAMED;
#define P64(n, t) LAYOUT(linx_pointer64) UNNAMED;
#define PN64(n, t, c) LAYOUT(linx_pointer64) UNNAMED;
#define STRP64(n) LAYOUT(linx_pointer64) UNNAMED;
#define PATHP64(n) LAYOUT(linx_pointer64) UNNAMED;
#define BUFP64(n, c) LAYOUT(linx_pointer64) UNNAMED;
#define PAD(t) LAYOUT(t) UNNAMED;
#define PADN(c) char UNNAMED[c];
#define C(n, c, f) char UNNAMED[c];
#define CT(n, t, f) LAYOUT(t) UNNAMED;

#define STRUCT(name, ...)    \
	typedef struct {     \
		__VA_ARGS__  \
	} LAYOUT(name);
#define PACKED(name, ...)    \
	typedef struct {     \
		__VA_ARGS__  \
	} __attribute__((packed)) LAYOUT(name);
#define PACKED_X86(name, ...) \
	typedef struct {     \
		__VA_ARGS__  \
	} LAYOUT_X86 LAYOUT(name);
#define ORDERED(name, function, ...) STRUCT(name, __VA_ARGS__)
#define SIZED(name, least, function, ...) STRUCT(name, __VA_ARGS__)
#define CUSTOM(n, a, b, c, function) BLOCK(n, LAYOUT_PICK(a, b, c), 1)
#include "decoders/structs/all.def"
#undef STRUCT
#undef PACKED
#undef PACKED_X86
#undef ORDERED
#undef SIZED
#undef CUSTOM
#undef M
#undef MF
#undef MX
#undef A
#undef AF
#undef AX
#undef CHARS
#undef CHARSX
#undef BYTES
#undef P
#undef PN
#undef STRP
#undef PATHP
#undef BUFP
#undef P64
#undef PN64
#undef STRP64
#undef PATHP64
#undef BUFP64
#undef PAD
#undef PADN
#undef C
#undef CT
#undef BLOCK
#undef PASTE
#undef PASTE_
#undef UNNAMED
#undef LAYOUT
#undef LAYOUT_PICK
#undef LAYOUT_NATURAL
#undef LAYOUT_POINTER
#undef LAYOUT_ARCH
#undef LAYOUT_X86
