// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=execve,execveat -e status=failed */
#include "case.h"

extern char **environ;

int main(void)
{
	char *argv[] = { "a name", "two\twords", "\377\1", "", NULL }, *envp[] = { "A=1", "B=2", NULL };
	char *one[] = { "one", NULL }, *none[] = { NULL };
	char *many[41], *bad[] = { "first", (char *)1, (char *)2, NULL };

	for (int i = 0; i < 40; i++)
		many[i] = "arg";
	many[40] = NULL;
	gave(syscall(SYS_execve, "/not/there", argv, envp),
	     "execve(\"/not/there\", [\"a name\", \"two\\twords\", \"\\377\\1\", \"\"], %p /* 2 vars */)", envp);
	gave(syscall(SYS_execve, "/not/there", one, one), "execve(\"/not/there\", [\"one\"], %p /* 1 var */)", one);
	gave(syscall(SYS_execve, "/not/there", none, none), "execve(\"/not/there\", [], %p /* 0 vars */)", none);
	gave(syscall(SYS_execve, "/not/there", NULL, NULL), "execve(\"/not/there\", NULL, NULL)");
	gave(syscall(SYS_execve, "/not/there", 1L, 1L), "execve(\"/not/there\", 0x1, 0x1)");
	gave(syscall(SYS_execve, NULL, one, envp), "execve(NULL, [\"one\"], %p /* 2 vars */)", envp);
	gave(syscall(SYS_execve, "/tmp", one, envp), "execve(\"/tmp\", [\"one\"], %p /* 2 vars */)", envp);
	gave(syscall(SYS_execve, "/not/there", many, envp),
	     "execve(\"/not/there\", [\"arg\", \"arg\", \"arg\", \"arg\", \"arg\", \"arg\", \"arg\", \"arg\", \"arg\", \"arg\", "
	     "\"arg\", \"arg\", \"arg\", \"arg\", \"arg\", \"arg\", \"arg\", \"arg\", \"arg\", \"arg\", \"arg\", \"arg\", \"arg\", "
	     "\"arg\", \"arg\", \"arg\", \"arg\", \"arg\", \"arg\", \"arg\", \"arg\", \"arg\", ...], %p /* 2 vars */)", envp);
	gave(syscall(SYS_execve, "/not/there", bad, envp), "execve(\"/not/there\", [\"first\", 0x1, 0x2], %p /* 2 vars */)", envp);
	gave(syscall(SYS_execveat, AT_FDCWD, "nowhere", one, envp, AT_SYMLINK_NOFOLLOW),
	     "execveat(AT_FDCWD, \"nowhere\", [\"one\"], %p /* 2 vars */, AT_SYMLINK_NOFOLLOW)", envp);
	return 0;
}
