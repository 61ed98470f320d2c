// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * native only: no 32-bit variant is built, because the module copies the same memory for it.
 * x86 only: not built for arm64, whose test kernels have no fault injection.
 */
/*
 * Copies of user memory by linx's module are made to fail, and no other copies, as tests/vm/t/rec_inject.sh configures
 * it: each copy of each call in turn (/proc/self/fail-nth), or at random. A value marked whole must equal the memory, a
 * value that could not be read must be marked as such, and no call may be missing.
 * usage: rec_inject each|random [ROUNDS]
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include "rec.h"

#define LONG_SIZE 12000
#define POINTS 16 /* number of copies in each call that are made to fail in turn; of an exec only the first ones */

static unsigned int rounds = 300;
static bool random_ones;
static int inject_fd;
static char paths[3][600];
static char buffer[LONG_SIZE];
static struct iovec iov[3];
static struct sockaddr address;
static struct msghdr message;
static char *arguments[] = { "/job/prog/rec_inject", "--child", "an argument", NULL };
static char *many[2100];

/* Prepares the arguments before the fork, so that both processes have them at the same addresses. */
static void prepare(void)
{
	strcpy(paths[0], "/no/such/file");
	memset(paths[1], 'p', 200);
	paths[1][0] = '/';
	memset(paths[2], 'q', 599);
	paths[2][0] = '/';
	for (unsigned int i = 0; i < LONG_SIZE; i++)
		buffer[i] = (char)(i * 7 + i / 256);
	for (unsigned int i = 0; i < 3; i++)
		iov[i] = (struct iovec){ buffer + 100 * i, 1000 * i + 10 };
	address.sa_family = AF_UNIX;
	strcpy(address.sa_data, "/no/socket");
	message = (struct msghdr){ .msg_name = &address, .msg_namelen = sizeof(address), .msg_iov = iov, .msg_iovlen = 3 };
	many[0] = arguments[0];
	many[1] = arguments[1];
	for (unsigned int i = 2; i < 2099; i++)
		many[i] = paths[i % 2];
}

static void run_program(char **argv)
{
	pid_t pid = fork();

	if (!pid) {
		execve(argv[0], argv, NULL);
		_exit(1);
	}
	reap(pid);
}

/* Plans a fault for the n-th copy from now on; 0: no fault. Does nothing if copies fail at random. */
static void arm(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	/* pwrite64 is not among the calls that are checked */
	if (!random_ones && pwrite(inject_fd, text, len, 0) != len)
		_exit(98);
}

static void child(void)
{
	inject_fd = open(random_ones ? "/proc/self/make-it-fail" : "/proc/thread-self/fail-nth", O_WRONLY);
	if (inject_fd < 0 || write(inject_fd, random_ones ? "1" : "0", 1) != 1)
		_exit(98);
	for (unsigned int i = 0; i < rounds; i++) {
		unsigned int n = 1 + i % POINTS;

		arm(n);
		syscall(SYS_openat, AT_FDCWD, paths[i / POINTS % 3], O_RDONLY);
		arm(n);
		syscall(SYS_access, paths[(i / POINTS + 1) % 3], 0);
		arm(n);
		syscall(SYS_rename, paths[0], paths[1]);
		arm(n);
		syscall(SYS_write, -1, buffer + i, i * 13 % (LONG_SIZE - rounds));
		arm(n);
		syscall(SYS_writev, -1, iov, 3);
		arm(n);
		syscall(SYS_connect, -1, &address, sizeof(address));
		arm(n);
		syscall(SYS_sendmsg, -1, &message, 0);
		arm(n);
		syscall(SYS_execve, paths[0], many, many);
		arm(0);
		if (i % 50 == 0)
			run_program(i % 100 ? many : arguments);
	}
	_exit(0);
}

/* ---- evaluation of the records */

static struct found {
	unsigned int states[8], wrong;
} found;

static void wrong(const struct linx_rec *rec, const struct linx_val *v, const char *what)
{
	if (found.wrong++ > 5)
		return;
	printf("# argument %u, kind %u, state %u, %u of %u bytes: %s\n", v->arg, LINX_VAL_KIND(v->info),
	       LINX_VAL_STATE(v->info), v->size, v->orig, what);
	rec_show(rec);
}

/* Checks a recorded string whose original is at p and of which n bytes were captured. */
static void check_string(const struct linx_rec *rec, const struct linx_val *v, const char *p, const uint8_t *kept, uint32_t n)
{
	size_t len = strlen(p);
	uint32_t head = v->size - n;

	if (n > len || memcmp(p, kept, n))
		wrong(rec, v, "not what stood there");
	else if (LINX_VAL_STATE(v->info) == LINX_WHOLE && n != len)
		wrong(rec, v, "part of a string is shown as whole");
	else if (LINX_VAL_STATE(v->info) == LINX_TRUNCATED && v->orig != UINT32_MAX && v->orig != len + head)
		wrong(rec, v, "a length that is not the string's");
}

static void check_bytes(const struct linx_rec *rec, const struct linx_val *v, const void *p, const uint8_t *kept, uint32_t n)
{
	if (memcmp(p, kept, n))
		wrong(rec, v, "not what stood there");
	else if (LINX_VAL_STATE(v->info) == LINX_WHOLE && v->orig != v->size)
		wrong(rec, v, "part of a buffer is shown as whole");
	else if (LINX_VAL_STATE(v->info) == LINX_TRUNCATED && v->orig <= v->size)
		wrong(rec, v, "all of a buffer is shown as cut");
}

/* Checks the recorded strings of argv, each with its NUL, as far as the record has them. */
static void check_vector(const struct linx_rec *rec, const struct linx_val *v)
{
	const struct linx_strv *s = (const struct linx_strv *)val_bytes(v);
	const char *p = (const char *)(s + 1), *end = (const char *)val_bytes(v) + v->size;

	for (unsigned int i = 0; i < s->stored && p < end; i++) {
		size_t len = strlen(many[i]) + 1, n = (size_t)(end - p) < len ? (size_t)(end - p) : len;

		if (memcmp(p, many[i], n))
			return wrong(rec, v, "not the strings of the vector");
		p += len;
	}
	if (LINX_VAL_STATE(v->info) == LINX_WHOLE && (s->count != 2099 || s->stored != s->count))
		wrong(rec, v, "part of a vector is shown as whole");
	if (LINX_VAL_STATE(v->info) == LINX_TRUNCATED && s->stored >= 2099)
		wrong(rec, v, "all of a vector is shown as cut");
}

static void check_value(const struct linx_rec *rec, const struct linx_val *v)
{
	uint64_t at = v->arg < LINX_NARGS ? rec_args(rec)[v->arg] : 0;
	unsigned int kind = LINX_VAL_KIND(v->info);
	const uint8_t *kept = val_bytes(v);
	uint32_t n = v->size;

	found.states[LINX_VAL_STATE(v->info)]++;
	if (kind == LINX_VAL_STRV)
		return check_vector(rec, v);
	if (kind == LINX_VAL_MEM || kind == LINX_VAL_MEMSTR) {
		memcpy(&at, kept, 8);
		kept += 8;
		n -= 8;
	}
	if (kind == LINX_VAL_STR || kind == LINX_VAL_MEMSTR)
		check_string(rec, v, (const char *)(uintptr_t)at, kept, n);
	else if (kind == LINX_VAL_BYTES || kind == LINX_VAL_MEM)
		check_bytes(rec, v, (const void *)(uintptr_t)at, kept, n);
}

/* Returns whether this program knows the memory of the record's call, and so can check the record. */
static bool is_known(const struct linx_rec *rec)
{
	return rec->nr == SYS_openat || rec->nr == SYS_access || rec->nr == SYS_rename || rec->nr == SYS_write ||
	       rec->nr == SYS_writev || rec->nr == SYS_connect || rec->nr == SYS_sendmsg || rec->nr == SYS_execve;
}

/* Checks the command line of an exec, whole or not. */
static void check_exec(const struct traced *t, const struct linx_rec *rec)
{
	static uint8_t got[LINX_PIECES_MAX], want[LINX_PIECES_MAX];
	const struct linx_val *v = rec_val(rec, LINX_FIELD_ARGV);
	size_t n = rec_whole(&t->log, rec, LINX_FIELD_ARGV, 0, got, sizeof(got)), len = 0;
	char **argv = v && v->orig > 1000 ? many : arguments;

	if (!v)
		return;
	for (unsigned int i = 0; argv[i]; i++)
		len += strlen(strcpy((char *)want + len, argv[i])) + 1;
	found.states[LINX_VAL_STATE(v->info)]++;
	if (n > len || memcmp(got, want, n))
		wrong(rec, v, "not the command line");
	if (LINX_VAL_STATE(v->info) == LINX_WHOLE && n != len)
		wrong(rec, v, "part of a command line is shown as whole");
}

static void check_calls(const struct traced *t, const char *what)
{
	static const int once[] = { SYS_openat, SYS_access, SYS_rename, SYS_write, SYS_writev, SYS_connect, SYS_sendmsg };
	unsigned int calls[LINX_NR_MAX] = { 0 };
	const struct linx_rec *rec = NULL;

	while ((rec = rec_of(&t->log, rec, t->pid, LINX_REC_EXIT)))
		calls[rec->nr & (LINX_NR_MAX - 1)]++;
	for (unsigned int i = 0; i < sizeof(once) / sizeof(*once); i++)
		is(calls[once[i]], rounds + (once[i] == SYS_openat || once[i] == SYS_write), "%s: returns of call %d", what,
		   once[i]); /* openat and write once more: the child opens and writes a file of fault injection */
}

static void storm(const char *what, bool everybody)
{
	const struct linx_rec *rec = NULL;
	struct traced t;

	memset(&found, 0, sizeof(found));
	traced_everybody = everybody;
	traced_run(&t, (struct linx_setup){ .ring_size = 64 << 20, .snap_bytes = 2000, .snap_str = 400 }, child);
	is(t.status, 0, "%s: the calls were made", what);
	while ((rec = rec_of(&t.log, rec, 0, 0))) {
		if (rec->kind == LINX_REC_EXEC && rec->pid != (uint32_t)t.pid)
			check_exec(&t, rec);
		if (!rec_is_call(rec) || rec->tid != (uint32_t)t.pid || !is_known(rec) || rec_ret(rec) == 0)
			continue;
		if (!rec_is_tidy(rec))
			wrong(rec, rec_first(rec), "the record is not filled by its values");
		const struct linx_val *v = rec_first(rec);

		for (unsigned int i = 0; i < rec->nvals; i++, v = val_next(v))
			check_value(rec, v);
	}
	is(found.wrong, 0, "%s: values that are not what they say", what);
	ok(found.states[LINX_WHOLE] > rounds && found.states[LINX_UNREADABLE] > rounds / 2,
	   "%s: %u whole, %u truncated, %u unreadable", what, found.states[LINX_WHOLE], found.states[LINX_TRUNCATED],
	   found.states[LINX_UNREADABLE]);
	check_calls(&t, what);
	if (everybody)
		/* the session has no list of processes, so it also records other tasks */
		free(t.log.bytes), dev_close(&t.d);
	else
		traced_end(&t);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--child"))
		return 0;
	random_ones = argc > 1 && !strcmp(argv[1], "random");
	if (argc > 2)
		rounds = atoi(argv[2]);
	if (access("/proc/self/make-it-fail", F_OK)) {
		printf("this kernel injects no faults (CONFIG_FAULT_INJECTION)\n");
		return 77;
	}
	prepare();
	storm("listed", false);
	storm("everybody", true);
	return tap_end();
}
