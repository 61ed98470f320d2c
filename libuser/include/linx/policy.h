/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * liblinx: policies, sets of rules that refuse. The module judges the rules inside the kernel's own checks, where the
 * kernel holds the object (a file, an address), and not the text that a program passed. A rule's condition is written
 * like a filter: "evt.type in (open, openat, openat2) and fd.name = /etc/secret". In a policy, names of calls stand for
 * the check that these calls reach, and fields stand for the kernel's object; docs/enforcing.md lists them.
 *
 *   linx_policy_new(); linx_policy_add() for each rule; linx_set_policy() for a source that runs.
 *
 * A policy is used by one thread at a time.
 */
#ifndef LINX_POLICY_H
#define LINX_POLICY_H

#include <linx/linx.h>

#ifdef __cplusplus
extern "C" {
#endif

struct linx_policy;

/* Make an empty policy. -ENOMEM */
LINX_API int linx_policy_new(struct linx_policy **out);
/* Free a policy, or NULL. The rules of a source that it was set for stay. */
LINX_API void linx_policy_free(struct linx_policy *p);

/* Effects of a rule. Every effect but LINX_POLICY_NOTIFY also makes the operation fail. */
enum linx_policy_action {
	LINX_POLICY_NOTIFY = 0, /* only an event */
	LINX_POLICY_DENY = 1, /* the operation fails with an error */
	LINX_POLICY_KILL = 2, /* fails with EPERM, and the process gets SIGKILL */
	LINX_POLICY_SIGNAL = 3, /* fails with EPERM, and the process gets a signal */
};
/*
 * Read an action: "notify", "deny", "deny EACCES", "kill", "signal SIGTERM". *value: the error of "deny", EPERM if none is
 * named, or the number of the signal; else 0. -EINVAL: err describes the mistake.
 */
LINX_API int linx_policy_parse_action(const char *text, enum linx_policy_action *action, unsigned int *value,
				      struct linx_error *err);

/* A rule of a policy. The strings are copied by linx_policy_add(). */
struct linx_policy_rule {
	size_t size; /* sizeof(struct linx_policy_rule) */
	const char *name; /* for people; NULL: the condition */
	const char *condition;
	enum linx_policy_action action;
	unsigned int value; /* the error (0: EPERM) or the signal; else 0 */
	bool observe; /* refuse nothing: count and report what would have been refused */
};
/*
 * Add a rule. The directories that its condition names are looked up now, on this machine and in this mount namespace, and
 * the policy keeps descriptors of them until it is freed. A file that is named by its whole path is looked up when the
 * policy is set, and needs no descriptor. Returns the rule's number, from 0; -EINVAL: the condition is wrong,
 * or has a part that the kernel cannot judge exactly, which err names; -ENOENT: the directory of a named file is not
 * there; -E2BIG: the policy has too many rules or alternatives; -errno of the look-up; -ENOMEM. After an error, the
 * policy is as before.
 */
LINX_API int linx_policy_add(struct linx_policy *p, const struct linx_policy_rule *rule, struct linx_error *err);
/* Get rule i of a policy, borrowed from it. -ENOENT: past the last. */
LINX_API int linx_policy_get(const struct linx_policy *p, unsigned int i, struct linx_policy_rule *rule);

/*
 * Set the policy of a source that runs, in place of the policy that it had, at one moment. NULL: none. The rules end when
 * the source stops. Needs CAP_SYS_ADMIN, and the module's parameter "enforce". -EOPNOTSUPP: the engine, or this kernel,
 * cannot refuse (the error names the check); -EPERM: not allowed, or enforce is off; -EBUSY: something like livepatch
 * holds a check; -EINVAL: the source does not run. After an error, the source has the policy that it had.
 */
LINX_API int linx_set_policy(struct linx *l, const struct linx_policy *p);

/* Counts of a rule since its policy was set. */
struct linx_policy_counts {
	uint64_t observed; /* operations that the rule would have refused, or that it only reports */
	uint64_t refused; /* operations that failed by this rule */
	uint64_t signalled; /* those among refused with a signal */
	uint64_t undecided; /* those among observed and refused in which a part of the condition could not be decided */
};
/* Get the counts of rule i of the policy that a source has. -ENOENT: there is no such rule. */
LINX_API int linx_get_policy_counts(struct linx *l, unsigned int i, struct linx_policy_counts *counts);

/* Facts about a LINX_EVENT_REFUSED. Strings are valid until the stream's next section, or linx_close(). */
struct linx_refusal {
	uint64_t rule; /* number of the rule: rules are numbered through all policies of the stream, from 0 */
	const char *name; /* name of the rule; NULL: the stream does not have it */
	const char *check; /* check of the kernel: "file_open", "exec", "connect" ...; NULL: an unknown one */
	bool refused; /* the operation failed with the error */
	bool signalled; /* the process got the signal */
	bool observed; /* the rule only observes, or only notifies */
	bool undecided; /* a part of the condition could not be decided, and was taken to hold */
	bool by_other; /* the error is that of a stricter rule of another reader */
	bool has_file; /* dev, ino, generation and mode are those of the file that was judged */
	int error; /* as a positive number; 0: the operation was not refused */
	int signal; /* 0: none */
	uint64_t dev, ino;
	uint32_t generation;
	uint32_t mode; /* st_mode */
	uint64_t detail; /* how the file is opened, mapped or read: linx_refused.detail of linux/linx_record.h */
	struct linx_value path; /* path within the file system, as the kernel has it; borrowed from the event */
	struct linx_value address; /* of a socket operation: struct sockaddr; borrowed from the event */
};
/* Get the facts about an operation that a rule refused, or would have refused. -ENODATA: the event is of another kind. */
LINX_API int linx_event_get_refusal(const struct linx_event *ev, struct linx_refusal *refusal);

#ifdef __cplusplus
}
#endif

#endif
