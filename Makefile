# SPDX-License-Identifier: LGPL-2.1-or-later
# linx: kernel module, library, command and their tests.
# `make help` lists the targets; V=1 shows the commands.

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin CXX),default)
CXX := g++
endif
CLANG ?= clang
BUILD ?= build
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d
# Folder that the prefix's Python, or else the system's, searches: Debian's has one for each version in /usr/local.
PYTHON ?= $(firstword $(wildcard $(PREFIX)/bin/python3 /usr/bin/python3) python3)
PYTHONDIR ?= $(or $(shell $(PYTHON) -Ic 'import sys; print(*[p for p in sys.path \
	if p.startswith("$(PREFIX)/lib") and p.endswith("-packages")][:1])' 2>/dev/null),$(PREFIX)/lib/python3/dist-packages)
EXAMPLEDIR ?= $(PREFIX)/share/doc/linx/examples
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig
DKMSDIR ?= /usr/src/linx-$(VERSION)
PLUGINDIR ?= $(LIBDIR)/linx
# Folder in which Falco and sysdig search plugins named without a path.
HOSTDIRS ?= $(PREFIX)/share/falco/plugins $(PREFIX)/share/sysdig/plugins
# Folders that udev and systemd read; the machine's own settings are in /etc.
UDEVDIR ?= /usr/lib/udev/rules.d
MODULESDIR ?= /usr/lib/modules-load.d
SYSUSERSDIR ?= /usr/lib/sysusers.d
TMPFILESDIR ?= /usr/lib/tmpfiles.d
UNITDIR ?= /usr/lib/systemd/system
KDIR ?= /lib/modules/$(shell uname -r)/build
KERNELS ?= 6.1 7.2
FUZZ_SECONDS ?= 60
DEMO ?=
# Sanitizers: SAN=address,undefined or SAN=thread builds with clang into build/san-*/, and the fuzz harnesses use the
# objects there; with SAN_CC=gcc it builds with gcc into build/san-*-gcc/.
SAN ?=
SAN_CC ?=

VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
# Kernel series that the tests boot. `linxcap doctor` shows whether the running kernel is of one of these.
TESTED := $(shell sed -nE 's/^([0-9]+\.[0-9]+)[ \t-].*/\1/p' tests/vm/kernels.list | sort -uV)
comma := ,
# LINX_CHEAP, which `make check` sets, saves building time: with clang's sanitizers the compiler optimizes nothing. What
# is built so lies in folders whose names end in -quick.
LINX_CHEAP ?=
QUICK_SAN := $(if $(LINX_CHEAP),$(if $(SAN_CC),,$(SAN)))
B := $(BUILD)$(if $(SAN),/san-$(subst $(comma),-,$(SAN))$(SAN_CC:%=-%)$(if $(QUICK_SAN),-quick))
ifneq ($(SAN),)
CC := $(or $(SAN_CC),$(CLANG))
endif
# Command in front of the compiler: CCACHE=ccache. Checks set it if ccache is installed.
CCACHE ?=
ifneq ($(CCACHE),)
CC := $(CCACHE) $(CC)
endif

CFLAGS ?= $(if $(SAN),$(if $(QUICK_SAN),-O0,-O1) -g1,-O3 -g)
# Flags that make the compiler inline more functions of the library, which calls many small functions for each event.
INLINE ?= $(if $(SAN),,$(shell f='--param max-inline-insns-auto=100 --param max-inline-insns-single=400 --param inline-min-speedup=3'; \
	$(CC) -Werror $$f -x c -c /dev/null -o /dev/null 2>/dev/null && echo "$$f"))
INLINE_OBJ := $(INLINE)
# Linker script that orders the library's functions. Set it to nothing for a linker without scripts.
ORDER ?= $(if $(SAN),,-Wl,-T,libuser/order.ld)
# Flag that makes warnings errors. Packages set it to nothing, since a newer compiler has new warnings.
WERROR ?= -Werror
# gcc before version 11 warns about missing fields even in initializers that name their fields.
TOO_STRICT := $(if $(filter 8 9 10,$(shell $(CC) -dumpversion 2>/dev/null | cut -d. -f1)),-Wno-missing-field-initializers)
CFLAGS_ALL := -std=c11 -D_GNU_SOURCE -DLINX_VERSION='"$(VERSION)"' -DLINX_KERNELS='"$(TESTED)"' $(CFLAGS) \
	-Wall -Wextra $(TOO_STRICT) $(WERROR) -Wmissing-prototypes -Wstrict-prototypes -Wvla \
	-fvisibility=hidden -ffunction-sections -Ikmod/uapi -Ilibuser/include
# Include paths: each area of the tree includes headers of its own folders. The library also includes those that it
# shares with the module, and tests include those of all areas.
INC_LIB := -Ilibuser -Ikmod
INC_COMMON := -Icommon
INC_TOOLS := -Itools -Icommon
INC_PLUGIN := -I. -Icommon
INC_FLEET := -Ifleet -Icommon
INC_TESTS := -I. -Ilibuser -Itools -Icommon -Ifleet -Ikmod
inc_of = $(if $(filter libuser/%,$(1)),$(INC_LIB),$(if $(filter common/%,$(1)),$(INC_COMMON),$(if $(filter plugin/%,$(1)),$(INC_PLUGIN),$(if $(filter fleet/%,$(1)),$(INC_FLEET),$(INC_TOOLS)))))
CFLAGS_SAN := $(if $(SAN),$(if $(SAN_CC),-Wno-format-truncation) -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
# Flag with which clang instruments the library for the fuzzer; gcc has no fuzzer.
COVERAGE := $(if $(SAN),$(if $(SAN_CC),,-fsanitize=fuzzer-no-link))
# mold, a linker that takes half the time, links the test programs if the compiler finds it.
FAST_LD = $(eval FAST_LD := $(shell echo 'int main(void) { return 0; }' | \
	$(CC) -fuse-ld=mold -x c -o /dev/null - 2>/dev/null && echo -fuse-ld=mold))$(FAST_LD)
CFLAGS_TEST := $(filter-out -Wmissing-prototypes,$(CFLAGS_ALL)) $(INC_TESTS)
# Unit tests are compiled with little optimization, which takes less time. The library has the flags of a release.
CFLAGS_UNIT := $(CFLAGS_TEST) -O1 -g1 -Itests/unit/support
# Flag that leaves debugging information out of unit tests in `make check`: copying it is most of the linker's work.
UNIT_LD := $(if $(LINX_CHEAP),$(if $(SAN),,-Wl$(comma)-S))
LIBS := -lcjson -lzstd -lyaml -lpcre2-8 -ldl

# The C files of a folder and of the rooms in it.
sources_in = $(wildcard $(1)/*.c $(1)/*/*.c $(1)/*/*/*.c)
# The programs of the eBPF engine need clang, and their loader libbpf's headers: without them the library has no such engine.
HAVE_BPF := $(shell command -v $(firstword $(CLANG)) >/dev/null && echo '\#include <bpf/libbpf.h>' | \
	$(CC) -E - >/dev/null 2>&1 && echo yes)
ABSENT := libuser/engine/bpf/absent.c
LIB_SRC := $(filter-out $(if $(HAVE_BPF),$(ABSENT),$(filter-out $(ABSENT),$(wildcard libuser/engine/bpf/*.c))),$(call sources_in,libuser))
COMMON_SRC := $(call sources_in,common)
TOOL_SRC := $(call sources_in,tools)
PLUGIN_SRC := $(wildcard plugin/*.c)
# Programs for many machines: build/linx-NAME is made of fleet/NAME, and linx-ship and linx-store also of fleet/nats.
FLEET := $(B)/linx-ship $(B)/linx-store $(B)/linx-pods
FLEET_SRC := $(call sources_in,fleet)
UNIT_ALL := $(call sources_in,tests/unit)
UNIT_SRC := $(foreach f,$(UNIT_ALL),$(if $(filter test_%,$(notdir $(f))),$(f)))
MODEL_SRC := $(wildcard tests/model/*.c)
ABI_SRC := $(wildcard tests/abi/*.c tests/abi/*.cc)
FUZZ_SRC := $(wildcard tests/fuzz/*.c)
CASE_SRC := $(wildcard tests/cases/*.c)
PROG_SRC := $(wildcard tests/vm/prog/*.c)
EXAMPLES := $(patsubst docs/examples/%.c,$(BUILD)/tests/prog/example_%,$(wildcard docs/examples/*.c))

LIB_OBJ := $(LIB_SRC:%.c=$(B)/obj/%.o)
# Archive of the objects of common/. Command and plugin are linked with the objects that they need.
COMMON_OBJ := $(COMMON_SRC:%.c=$(B)/obj/%.o)
COMMON := $(B)/common.a
TOOL_OBJ := $(TOOL_SRC:%.c=$(B)/obj/%.o)
# File name by which Falco and sysdig know the plugin.
PLUGIN := libsyscall_sequence_plugin.so
PLUGIN_OBJ := $(PLUGIN_SRC:%.c=$(B)/obj/%.o)
FLEET_OBJ := $(FLEET_SRC:%.c=$(B)/obj/%.o)
fleet_obj = $(filter $(B)/obj/fleet/nats/% $(B)/obj/fleet/$(1)/%,$(FLEET_OBJ))
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(B)/tests/unit/%)
# Objects that all unit tests are linked with.
UNIT_HELP := $(patsubst tests/unit/%.c,$(B)/tests/unit/%.o,$(filter-out $(UNIT_SRC),$(UNIT_ALL)))
MODEL_BIN := $(MODEL_SRC:tests/model/%.c=$(B)/tests/model/%)
ABI_OUT := $(patsubst tests/abi/%,$(B)/tests/abi/%.out,$(ABI_SRC))
FUZZ := $(BUILD)/tests/fuzz$(if $(LINX_CHEAP),-quick)
FUZZ_BIN := $(FUZZ_SRC:tests/fuzz/%.c=$(FUZZ)/%)

# Guest programs, each in a native variant and a 32-bit one. A source that contains "i386 only" or "native only" has
# only that variant. GUEST_BIN is expanded only where it is used, since that greps all sources.
both = $(patsubst $(2)/%.c,$(3)/%,$(shell grep -L 'i386 only' $(1) /dev/null | grep -v /dev/null)) \
	$(patsubst $(2)/%.c,$(3)/%.i386,$(shell grep -L 'native only' $(1) /dev/null | grep -v /dev/null))
# With GUEST_ARCH=arm64 the programs are cross-built in a root that tests/vm/fetch has made; 32-bit ones end in .arm.
# Sources that contain "x86 only" are left out, and those that contain "not arm64" have no 64-bit program.
ifeq ($(GUEST_ARCH),)
GUEST_BIN = $(call both,$(CASE_SRC),tests/cases,$(BUILD)/tests/cases) \
	$(call both,$(PROG_SRC),tests/vm/prog,$(BUILD)/tests/prog)
else
everywhere = $(patsubst $(2)/%.c,$(3)/%,$(shell grep -LE 'i386 only|x86 only|not arm64' $(1) /dev/null | grep -v /dev/null)) \
	$(patsubst $(2)/%.c,$(3)/%.arm,$(shell grep -LE 'native only|i386 only|x86 only' $(1) /dev/null | grep -v /dev/null))
GUEST_BIN = $(call everywhere,$(CASE_SRC),tests/cases,$(BUILD)/tests/cases) \
	$(call everywhere,$(PROG_SRC),tests/vm/prog,$(BUILD)/tests/prog)
endif

Q := $(if $(V),,@)
# $(call say,ACTION,FILE) prints one line for a file that is made, but nothing with V=1, where make prints the commands
# themselves, and nothing with -s.
silent := $(findstring s,$(firstword -$(MAKEFLAGS)))
say = $(if $(V)$(silent),,@printf '  %-7s %s\n' '$(1)' '$(2)')
export V BUILD

.PHONY: all lib module module-if-possible deps demo check check-full check-group check-again check-unit check-vm \
	check-encoders check-engines check-long check-fresh check-deb check-rpm check-kernels check-sanitize strace-suite dist \
	fuzz bench fetch-kernels style help install install-system dkms-install uninstall uninstall-system dkms-uninstall deb \
	rpm image manifest clean compile_commands.json picture check-distros check-fleet \
	check-model-san model-san-programs check-parallel unit-programs model-programs abi-programs fuzz-programs guest-programs
.DELETE_ON_ERROR:
.SECONDARY:

all: ## library and command in build/, and the module when the running kernel's headers are there
all: $(B)/linxcap $(FLEET) lib $(BUILD)/man/linxcap.1 module-if-possible

lib: $(B)/liblinx.so.0 $(B)/liblinx.so $(B)/liblinx.a $(B)/$(PLUGIN)

module-if-possible:
	$(Q)if [ -e '$(KDIR)/Makefile' ]; then \
		$(MAKE) --no-print-directory module; \
	else \
		echo '  note: no headers of the running kernel ($(KDIR)): module not built'; \
	fi

kbuild = $(MAKE) -s -C '$(KDIR)' M="$(1)" $(if $(wildcard $(KDIR)/vmlinux),,CONFIG_DEBUG_INFO_BTF_MODULES=) modules
# If the path of this tree has a blank, which Kbuild does not accept, a copy of the module's source is built elsewhere.
kbuild_copy = t=$$(mktemp -d) && trap 'rm -rf "$$t"' EXIT && cp -r kmod dkms.conf "$$t" && \
	$(call kbuild,$$t/kmod) && cp "$$t/kmod/linx.ko" kmod/

module: ## kmod/linx.ko for the running kernel, or for KDIR=DIR
	$(call say,MODULE,kmod/linx.ko)
	$(Q)$(if $(word 2,$(CURDIR)),$(kbuild_copy),$(call kbuild,$(CURDIR)/kmod))

deps: ## install what building and testing need, with apt
	$(Q)tests/lib/install-packages build test vm

# ---- programs of the eBPF engine

# The eBPF programs are compiled twice: whole for Linux 5.17 and later, reduced for 5.10 to 5.16.
BPF_OBJECT := $(BUILD)/bpf/linx.bpf.o
BPF_REDUCED := $(BUILD)/bpf/linx_reduced.bpf.o
$(BPF_REDUCED): BPF_FLAGS += -DLINX_REDUCED
BPF_ARCH := $(if $(filter aarch64 arm64,$(or $(GUEST_ARCH),$(shell uname -m))),arm64,x86)
BPF_INCLUDE := $(if $(GUEST_ARCH),/usr/aarch64-linux-gnu/include,/usr/include/$(shell uname -m)-linux-gnu)
BPF_FLAGS := -O2 -g '-ffile-prefix-map=$(CURDIR)=.' -target bpf -mcpu=v3 -ffreestanding -D__TARGET_ARCH_$(BPF_ARCH) -Wall -Wextra -Wno-unused-parameter $(WERROR) \
	-I$(BPF_INCLUDE) -Ibpf -Ikmod/uapi -Ikmod -Ilibuser

# llvm-strip -g removes debugging information from the object but leaves the types (BTF), which loading needs.
$(BPF_OBJECT) $(BPF_REDUCED): bpf/linx.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)
	$(Q)$(CLANG) $(BPF_FLAGS) -MMD -MP -MF $@.d -MT $@ -c $< -o $@
	$(Q)! command -v llvm-strip >/dev/null || llvm-strip -g $@

$(B)/obj/libuser/engine/bpf/object.o: $(BPF_OBJECT) $(BPF_REDUCED)
$(B)/obj/libuser/engine/bpf/object.o: CFLAGS_ALL += -DLINX_BPF_OBJECT='"$(BPF_OBJECT)"' -DLINX_BPF_REDUCED='"$(BPF_REDUCED)"'

# ---- library and command

# The views that the command contains.
$(B)/obj/tools/view/view_own.o: $(wildcard tools/view/own/*.yaml)

# Style and script of a flame graph, which the command contains.
$(B)/obj/tools/flame/svg.o: tools/flame/flame.css tools/flame/flame.js

# Files of the page of linxcap serve, which the command contains.
$(B)/obj/tools/page/files.o: $(wildcard tools/page/own/*)

# Prints the remedy for a missing header, instead of a page of errors.
$(BUILD)/.deps:
	@mkdir -p $(@D)
	@printf '#include <stdio.h>\n#include <cjson/cJSON.h>\n#include <zstd.h>\n#include <yaml.h>\n#define PCRE2_CODE_UNIT_WIDTH 8\n#include <pcre2.h>\n' | \
		$(CC) -E - >/dev/null 2>&1 || \
		{ echo 'gcc, libcjson-dev, libzstd-dev, libyaml-dev or libpcre2-dev is missing: run "make deps"' >&2; exit 1; }
	@printf '#include <curses.h>\n' | $(CC) -E - >/dev/null 2>&1 || \
		echo '  note: libncurses-dev is missing: linxcap is built without linxcap top (make deps installs it)'
	@touch $@

$(B)/obj/%.o: %.c dkms.conf | $(BUILD)/.deps
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS_ALL) $(call inc_of,$<) $(if $(filter libuser/%,$<),$(INLINE_OBJ) $(COVERAGE)) $(CFLAGS_SAN) -fPIC -MMD -MP -c $< -o $@

$(B)/liblinx.so.0: $(LIB_OBJ) libuser/linx.map libuser/order.ld
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS_SAN) $(LDFLAGS) -shared -Wl,-soname,liblinx.so.0 -Wl,-z,now -Wl,-z,relro \
		-Wl,--version-script,libuser/linx.map $(ORDER) $(if $(SAN),,-Wl,-z,defs) $(LIB_OBJ) $(LIBS) -o $@

$(B)/liblinx.so: $(B)/liblinx.so.0
	$(Q)ln -sf liblinx.so.0 $@

$(B)/liblinx.a: $(LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $(LIB_OBJ)

$(COMMON): $(COMMON_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $(COMMON_OBJ)

# The command finds liblinx.so in the build folder by its rpath; the installed command has no rpath.
$(B)/linxcap: $(TOOL_OBJ) $(COMMON) $(B)/liblinx.so
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS_SAN) $(LDFLAGS) $(TOOL_OBJ) $(COMMON) -L$(B) -llinx $(LIBS) -pthread -Wl,-rpath,'$$ORIGIN' -o $@

# The manual page linxcap(1), with the subcommands of tools/cmd/subcommands.def.
$(BUILD)/man/linxcap.1: tools/man/linxcap.1.in tools/cmd/subcommands.def tools/man/subcommands.awk
	@mkdir -p $(@D)
	$(Q)awk -f tools/man/subcommands.awk tools/cmd/subcommands.def $< >$@.new && mv $@.new $@

$(B)/install/linxcap: $(TOOL_OBJ) $(COMMON) $(B)/liblinx.so | $(BUILD)/man/linxcap.1
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS_SAN) $(LDFLAGS) $(TOOL_OBJ) $(COMMON) -L$(B) -llinx $(LIBS) -pthread -o $@

define fleet_link
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS_SAN) $(LDFLAGS) $(filter %.o,$^) $(COMMON) -L$(B) -llinx $(LIBS) -pthread $(1) -o $@
endef
$(B)/linx-ship $(B)/install/linx-ship: $(call fleet_obj,ship) $(COMMON) $(B)/liblinx.so
$(B)/linx-store $(B)/install/linx-store: $(call fleet_obj,store) $(COMMON) $(B)/liblinx.so
$(B)/linx-pods $(B)/install/linx-pods: $(filter $(B)/obj/fleet/pods/%,$(FLEET_OBJ)) $(COMMON) $(B)/liblinx.so
$(FLEET):
	$(call fleet_link,-Wl$(comma)-rpath$(comma)'$$ORIGIN')
$(FLEET:$(B)/%=$(B)/install/%):
	$(call fleet_link)

# The plugin contains the library, since the program that loads the plugin may use another version of liblinx.so.
$(B)/$(PLUGIN): $(PLUGIN_OBJ) $(COMMON) $(B)/liblinx.a plugin/plugin.map
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS_SAN) $(LDFLAGS) -shared -Wl,-soname,$(PLUGIN) -Wl,-z,now -Wl,-z,relro -Wl,--gc-sections \
		-Wl,--version-script,plugin/plugin.map $(if $(SAN),,-Wl,-z,defs) $(PLUGIN_OBJ) $(COMMON) $(B)/liblinx.a $(LIBS) -pthread -o $@

# ---- test programs

$(B)/tests/unit/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS_UNIT) $(CFLAGS_SAN) -MMD -MP -c $< -o $@

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(UNIT_HELP) $(B)/liblinx.a
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS_SAN) $(FAST_LD) $(UNIT_LD) $(LDFLAGS) $< $(UNIT_HELP) $(B)/liblinx.a -lcmocka $(LIBS) -lm -pthread -o $@

# The module's code in session_lives finds empty files in place of the headers that tests/model/lives.h stands for.
LIVES_SRC := $(addprefix kmod/,core/running.c core/session.h core/ring.h ring/ring_mem.c ring/ring_mem.h \
	control/session_life.c control/session_life.h control/seal.c control/seal.h table/table.h)
LIVES := $(addprefix $(B)/tests/model/session_lives,-without-1 -without-2 -without-3 -without-4 -without-5) $(B)/tests/model/session_lives
$(LIVES): LIVES_FLAGS = -Itests/model -I$(B)/tests/model/kernel -Ikmod
$(LIVES): $(B)/tests/model/kernel/made
$(B)/tests/model/kernel/made: $(LIVES_SRC) Makefile
	@mkdir -p $(@D)
	$(Q)cd $(@D) && for h in $$(cd $(CURDIR) && sed -nE 's/^#include [<"]([a-z_]+\/[a-z0-9_\/]+\.h)[>"].*/\1/p' $(LIVES_SRC) | sort -u | \
		grep -vxE 'linux/(linx|linx_record|types)\.h|shared/.*' | grep -vxF $(patsubst kmod/%,-e %,$(filter %.h,$(LIVES_SRC)))); do \
		mkdir -p $${h%/*} && : >$$h; done
	$(Q)touch $@
$(B)/tests/model/session_lives-without-%: tests/model/session_lives.c
	$(call say,CC,$@)
	$(Q)$(CC) $(CPPFLAGS) -DLIVES_WITHOUT=$* $(LIVES_FLAGS) $(CFLAGS_TEST) $(CFLAGS_SAN) -MMD -MP -MF $@.d $< $(LDFLAGS) -pthread -o $@

$(B)/tests/model/%: tests/model/%.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(CPPFLAGS) $(LIVES_FLAGS) $(CFLAGS_TEST) $(CFLAGS_SAN) -MMD -MP -MF $@.d $< $(FAST_LD) $(LDFLAGS) -pthread -o $@

# A header test passes if it compiles, also as 32-bit code unless it contains "native only". A test with a main()
# function is linked as well, and run later.
define abi_build
	@mkdir -p $(@D)
	$(call say,ABI,$<)
	$(Q)$(1) -c $< -o $@.o
	$(Q)grep -q 'native only' $< || $(1:%.d=%.32.d) -m32 -fsyntax-only $<
	$(Q)rm -f $@.run; if nm $@.o | grep -q ' T main$$'; then \
		$(1) $< $(B)/liblinx.a $(LIBS) -lm -pthread -o $@.run; fi
	$(Q)touch $@
endef
ABI_INC := -Ikmod/uapi -Ilibuser/include -Wall -Wextra -Werror -pedantic

$(B)/tests/abi/%.c.out: tests/abi/%.c $(B)/liblinx.a
	$(call abi_build,$(CC) -std=c11 -D_GNU_SOURCE $(ABI_INC) $(INC_TESTS) -MMD -MP -MF $@.d)

$(B)/tests/abi/%.cc.out: tests/abi/%.cc $(B)/liblinx.a
	$(call abi_build,$(CXX) -std=c++17 $(ABI_INC) -MMD -MP -MF $@.d)

$(FUZZ)/%: tests/fuzz/%.c $(B)/liblinx.a
	@mkdir -p $(@D)
	$(call say,FUZZ CC,$@)
	$(Q)$(CC) $(CFLAGS_TEST) $(CFLAGS_SAN) -fsanitize=fuzzer -MMD -MP -MF $@.d $< $(FAST_LD) $(LDFLAGS) $(B)/liblinx.a $(LIBS) -lm -pthread -o $@

# Flags for the programs that run in guests. They are linked statically.
GUEST_FLAGS := -std=gnu11 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror -pthread \
	-I. -Ikmod -Ikmod/uapi -Ilibuser/include -Itests/cases

GUEST_CC32 ?= arm-linux-gnueabihf-gcc-12

# A guest program is compiled by one call and linked by another, since a compiler cache cannot cache a call that links.
define guest_build
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(or $(2),$(CC)) $(GUEST_FLAGS) $(1) -MMD -MP -MF $@.d -MT $@ -c $< -o $@.o
	$(Q)$(or $(2),$(CC) $(FAST_LD)) $(1) -static -s $@.o -pthread -o $@ && rm $@.o
endef

$(BUILD)/tests/cases/%.i386: tests/cases/%.c
	$(call guest_build,-m32)
$(BUILD)/tests/cases/%.arm: tests/cases/%.c
	$(call guest_build,,$(GUEST_CC32))
$(BUILD)/tests/cases/%: tests/cases/%.c
	$(call guest_build)
$(BUILD)/tests/prog/%.i386: tests/vm/prog/%.c
	$(call guest_build,-m32)
$(BUILD)/tests/prog/%.arm: tests/vm/prog/%.c
	$(call guest_build,,$(GUEST_CC32))
$(BUILD)/tests/prog/%: tests/vm/prog/%.c
	$(call guest_build)
$(BUILD)/vm/init: tests/vm/init.c
	$(call guest_build)
# The examples of docs/, linked with liblinx.so as a user would link them. They run in guests with the module.
$(BUILD)/tests/prog/example_%: docs/examples/%.c $(B)/liblinx.so
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror -Ikmod/uapi -Ilibuser/include $< $(LDFLAGS) -L$(B) -llinx $(LIBS) -o $@

unit-programs: $(UNIT_BIN)
model-programs: $(MODEL_BIN)
# Model tests that run under ThreadSanitizer, with SAN=thread SAN_CC=gcc.
model-san-programs: $(B)/tests/model/ring_stress $(LIVES)
abi-programs: $(ABI_OUT)
# The fuzz harnesses use the objects that the unit tests with sanitizers use, too.
fuzz-programs:
	$(Q)$(MAKE) -s --no-print-directory SAN=address,undefined SAN_CC= $(FUZZ_BIN)
# The library, which the examples need, is made before the second make starts: else both makes could write its objects.
guest-programs: $(B)/liblinx.so
	$(Q)$(MAKE) -s --no-print-directory $(BUILD)/vm/init $(GUEST_BIN) $(EXAMPLES)

# ---- tests

demo: ## trace real programs now: on this machine, or in a guest (DEMO=host|vm)
	$(Q)tests/vm/demo $(DEMO)

check: ## everything a contributor must pass; ends with "N passed, N failed"
	$(Q)tests/lib/check all

check-full: ## before a release: check, and what it leaves out: all tests on all kernels, slow ones, longer fuzzing
	$(Q)tests/lib/check full

check-group: ## one group of check alone: GROUP=unit, or several; without one, says which there are
	$(Q)tests/lib/check group $(GROUP)

check-again: ## one test alone, by the line that reported its failure: TEST='vm 7.2 t/rec_basic'
	$(Q)tests/lib/check again '$(TEST)'

check-unit: ## unit tests, plain and under address and undefined-behaviour sanitizers
	$(Q)tests/lib/check unit

check-model-san: ## the memory model, and rings and lives of sessions under ThreadSanitizer
	$(Q)tests/lib/check group model

check-vm: ## the tests in guests: KERNELS="6.1 7.2", or KERNELS=all
	$(Q)tests/lib/check vm $(KERNELS)

check-encoders: ## the tests in guests, each record written by both encoders and compared: KERNELS="6.1 7.2"
	$(Q)set -e; for k in $(or $(KERNELS),7.2); do tests/vm/run --both-encoders $$k; done

check-engines: ## the cases under each engine, against the table of docs/engines.md: KERNELS="6.1 7.2"
	$(Q)tests/lib/check engines $(KERNELS)

check-parallel: ## tests of races in guests whose CPUs run in parallel: KERNELS="6.1 7.2"
	$(Q)set -e; for k in $(or $(KERNELS),7.2); do tests/vm/run --parallel $$k; done

check-long: ## the slow tests in guests: KERNELS="6.1 7.2"
	$(Q)tests/lib/check long $(KERNELS)

check-fresh: ## README's commands in a bare root of Debian, as a stranger meets them
	$(Q)tests/fresh/all

check-deb: ## the Debian packages, in clean roots of SUITES="bookworm trixie"
	$(Q)tests/packages/run $(SUITES)

check-rpm: ## the RPM packages: built, rpmlint, the same files as the Debian ones
	$(Q)tests/packages/rpm

check-fleet: ## all tests of rows, fleets and Kubernetes, the long ones too, with packages of npm; none may be skipped
	$(Q)tests/lib/check fleet

check-distros: ## the tree with the userland of other Debian suites, built and tested in their roots: SUITES="trixie sid"
	$(Q)tests/distros/run $(SUITES)

check-kernels: ## all tests on every kernel of tests/vm/kernels.list, with all flavours (hours): NAMES="6.1-rt"
	$(Q)tests/vm/matrix $(NAMES)
	$(Q)tests/vm/matrix --doc

check-sanitize: ## the tests in a guest whose kernel checks itself (KASAN, lockdep, kmemleak ...): TESTS='t/rec_*'
	$(Q)tests/lib/check sanitize $(TESTS)

fuzz: ## run every fuzz harness for FUZZ_SECONDS each
	$(Q)tests/lib/check fuzz $(FUZZ_SECONDS)

strace-suite: ## strace's own tests, with linxcap strace in strace's place (hours): SUITE="--sample 60"
	$(Q)tests/strace/suite $(SUITE)

bench: ## what calls, recording and reading cost, beside other tracers
	$(Q)tests/bench/all

picture: ## docs/terminal.svg, the terminal that README shows, of what linxcap prints now
	$(Q)tests/bench/picture

style: ## sizes of functions and files, and the rules of the house
	$(Q)tests/lib/check style

fetch-kernels: ## fetch newer test kernels and headers, if there are any
	$(Q)tests/vm/fetch --update
	$(Q)tests/tables/fetch --update

help: ## this list
	@sed -n 's/^\([a-z_.-]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | \
		expand -t 28

# ---- installation

install: ## DESTDIR= PREFIX=: command, library, headers, manuals, completion, plugin, Python module, examples
install: $(B)/install/linxcap $(FLEET:$(B)/%=$(B)/install/%) lib $(BUILD)/man/linxcap.1
	install -d '$(DESTDIR)$(BINDIR)' '$(DESTDIR)$(LIBDIR)' '$(DESTDIR)$(PKGCONFIGDIR)' \
		'$(DESTDIR)$(INCLUDEDIR)/linx' '$(DESTDIR)$(INCLUDEDIR)/linux'
	install -m 755 $(B)/install/linxcap $(FLEET:$(B)/%=$(B)/install/%) '$(DESTDIR)$(BINDIR)'
	install -m 644 $(B)/liblinx.so.0 $(B)/liblinx.a '$(DESTDIR)$(LIBDIR)'
	ln -sf liblinx.so.0 '$(DESTDIR)$(LIBDIR)/liblinx.so'
	install -D -m 644 $(B)/$(PLUGIN) '$(DESTDIR)$(PLUGINDIR)/$(PLUGIN)'
	for d in $(HOSTDIRS); do install -d "$(DESTDIR)$$d" && ln -sfr '$(DESTDIR)$(PLUGINDIR)/$(PLUGIN)' "$(DESTDIR)$$d/$(PLUGIN)" || exit 1; done
	install -m 644 $(wildcard libuser/include/linx/*.h) '$(DESTDIR)$(INCLUDEDIR)/linx'
	install -m 644 $(wildcard kmod/uapi/linux/*.h) '$(DESTDIR)$(INCLUDEDIR)/linux'
	sed -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@LIBDIR@|$(LIBDIR)|g' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|g' \
		-e 's|@VERSION@|$(VERSION)|g' -e 's|@prefix@|$(PREFIX)|g' -e 's|@libdir@|$(LIBDIR)|g' \
		-e 's|@includedir@|$(INCLUDEDIR)|g' -e 's|@version@|$(VERSION)|g' \
		libuser/linx.pc.in >'$(DESTDIR)$(PKGCONFIGDIR)/linx.pc'
	for m in $(wildcard libuser/man/*.[1-9] tools/man/*.[1-9] fleet/man/*.[1-9]) $(BUILD)/man/linxcap.1; do \
		d='$(DESTDIR)$(MANDIR)'/man$${m##*.}; install -d "$$d" && install -m 644 "$$m" "$$d" || exit 1; done
	install -D -m 644 tools/completion/linxcap.bash '$(DESTDIR)$(COMPLETIONDIR)/linxcap'
	install -D -m 644 tools/completion/_linxcap '$(DESTDIR)$(ZSHDIR)/_linxcap'
	install -D -m 644 tools/completion/linxcap.fish '$(DESTDIR)$(FISHDIR)/linxcap.fish'
	install -d '$(DESTDIR)$(PYTHONDIR)/linx' '$(DESTDIR)$(EXAMPLEDIR)'
	install -m 644 python/linx/__init__.py python/linx/__init__.pyi python/linx/types.py python/linx/py.typed '$(DESTDIR)$(PYTHONDIR)/linx'
	install -m 644 $(wildcard docs/examples/*.c docs/examples/*.py) '$(DESTDIR)$(EXAMPLEDIR)'
	$(if $(DESTDIR),,-ldconfig)

DKMS_FILES = dkms.conf $(shell find kmod -type f \( -name '*.[chS]' -o -name '*.def' -o -name '*.sh' -o -name Kbuild \) ! -name '*.mod.c' ! -path kmod/compat/features.h)

dkms-install: ## DESTDIR=: the module's source to /usr/src, for dkms
	for f in $(DKMS_FILES); do install -D -m $$(case $$f in *.sh) echo 755 ;; *) echo 644 ;; esac) "$$f" '$(DESTDIR)$(DKMSDIR)/'"$$f" || exit 1; done
	@echo 'next: dkms install linx/$(VERSION)'

UNITS := linxcap-record.service linx-rules.service linx-ship.service linx-store.service linx-pods.service
install-system: ## DESTDIR= PREFIX=: rule of the device, loading at boot, users, the services
	install -D -m 644 packaging/system/linx.rules '$(DESTDIR)$(UDEVDIR)/60-linx.rules'
	install -D -m 644 packaging/system/linx.modules '$(DESTDIR)$(MODULESDIR)/linx.conf'
	install -D -m 644 packaging/system/linx.sysusers '$(DESTDIR)$(SYSUSERSDIR)/linx.conf'
	install -D -m 644 packaging/system/linx-fleet.sysusers '$(DESTDIR)$(SYSUSERSDIR)/linx-fleet.conf'
	install -D -m 644 packaging/system/linx-fleet.tmpfiles '$(DESTDIR)$(TMPFILESDIR)/linx-fleet.conf'
	install -d '$(DESTDIR)$(UNITDIR)'
	for u in $(UNITS); do sed 's|/usr/bin/linx|$(BINDIR)/linx|' packaging/system/$$u >'$(DESTDIR)$(UNITDIR)'/$$u || exit 1; done
	install -d '$(DESTDIR)$(PREFIX)/share/linx'
	sed 's|/usr/bin/linxcap|$(BINDIR)/linxcap|' packaging/system/log.conf >'$(DESTDIR)$(PREFIX)/share/linx/log.conf'
	$(if $(DESTDIR),,@echo 'next: systemd-sysusers && systemd-tmpfiles --create && systemctl daemon-reload && udevadm control --reload')

# take_away TARGETS removes the files that these targets install, and directories that only linx uses.
define take_away
	$(Q)rm -rf '$(B)/stage'
	$(Q)$(MAKE) -s --no-print-directory DESTDIR='$(abspath $(B))/stage' $(1) >/dev/null
	$(Q)find '$(B)/stage' ! -type d -printf '$(DESTDIR)/%P\0' | xargs -0 rm -f
	$(Q)rm -rf '$(DESTDIR)$(PYTHONDIR)/linx/__pycache__'
	$(Q)find '$(B)/stage' -depth -type d -printf '%P\n' | sed -nE '/linx|include\/linux$$/s|^|$(DESTDIR)/|p' | \
		xargs -r -d '\n' rmdir --ignore-fail-on-non-empty 2>/dev/null || true
	$(Q)rm -rf '$(B)/stage'
endef

uninstall: ## DESTDIR= PREFIX=: takes away what install put there
	$(call take_away,install)
	$(if $(DESTDIR),,-ldconfig)

dkms-uninstall: ## DESTDIR=: the module out of dkms, its source out of /usr/src
	$(Q)[ -n '$(DESTDIR)' ] || ! command -v dkms >/dev/null || [ -z "$$(dkms status -m linx -v $(VERSION))" ] || \
		dkms remove -m linx -v $(VERSION) --all
	$(call take_away,dkms-install)

uninstall-system: ## DESTDIR= PREFIX=: takes away what install-system put there; stops the services
	$(Q)for u in $(UNITS); do [ -n '$(DESTDIR)' ] || [ ! -d /run/systemd/system ] || [ ! -e '$(UNITDIR)'/$$u ] || \
		systemctl -q disable --now $${u%.service}; done
	$(call take_away,install-system)

deb: ## Debian packages of module, command and library, into build/deb
	$(Q)packaging/build-deb

dist: ## the source tarball of the last commit and its checksum, into build/dist
	$(Q)packaging/dist

rpm: ## RPM packages of module, command and library, into build/rpm
	$(Q)packaging/build-rpm

image: ## container image for Kubernetes, by buildah, into build/image
	$(Q)packaging/build-image

# Go finds the sources of sprig and yaml where Debian's packages put them.
manifest: ## packaging/kubernetes/linx.yaml, of the chart in packaging/chart
	$(Q)mkdir -p '$(BUILD)'
	$(Q)GO111MODULE=off GOFLAGS= GOPATH=/usr/share/gocode go build -o '$(BUILD)/render' tests/chart/render.go
	$(Q)packaging/build-manifest '$(abspath $(BUILD))/render' >packaging/kubernetes/linx.yaml.new
	$(Q)mv packaging/kubernetes/linx.yaml.new packaging/kubernetes/linx.yaml

DOWNLOADED := kernels headers apt roots suites ccache modules fresh duckdb chdb kubernetes go
clean: ## remove what was built; downloads stay (in build/, or where LINX_DOWNLOADS says)
	$(Q)if [ -d '$(BUILD)' ]; then \
		find '$(BUILD)' -mindepth 1 -maxdepth 1 $(DOWNLOADED:%=! -name %) -exec rm -rf {} +; fi
	$(Q)find kmod \( -name '*.o' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' -o -name '.*.cmd' -o -name features.h \
		-o -name modules.order -o -name Module.symvers -o -name '.*.d' \) -delete 2>/dev/null || true
	$(Q)rm -f compile_commands.json

compile_commands.json: ## what editors need to understand the sources
	$(Q)tests/lib/compile-commands '$(CC)' '$(CFLAGS_ALL) $(INC_TESTS)' >$@.new && mv $@.new $@

DEPS := $(BPF_OBJECT).d $(BPF_REDUCED).d $(LIB_OBJ:.o=.d) $(COMMON_OBJ:.o=.d) $(TOOL_OBJ:.o=.d) $(PLUGIN_OBJ:.o=.d) $(FLEET_OBJ:.o=.d) $(UNIT_BIN:=.d) $(UNIT_HELP:.o=.d) $(MODEL_BIN:=.d) \
	$(ABI_OUT:=.d) $(FUZZ_BIN:=.d) $(wildcard $(BUILD)/tests/cases/*.d $(BUILD)/tests/prog/*.d)
-include $(DEPS)
