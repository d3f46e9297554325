"""The allocator: glibc told to keep more freed memory, in large pages, for commands that think about people."""

import os
import platform
import sys

THINKING = ("demo", "listen", "serve", "settle")
VARIABLE, KEPT = "GLIBC_TUNABLES", "glibc.malloc.tcache_count=8000:glibc.malloc.hugetlb=1"


def restart_with_room() -> None:
    """Start this very command again with the setting, which glibc reads only when a process begins.

    A look at one person makes and drops many thousand small pieces of memory; see docs/why/0125. Nothing happens on
    another C library, for another command, or where the site has made its own choice.
    """
    said = os.environ.get(VARIABLE, "")
    if "tcache_count" in said or platform.libc_ver()[0] != "glibc" or not set(THINKING) & set(sys.argv[1:]):
        return
    os.environ[VARIABLE] = ":".join(part for part in (said, KEPT) if part)
    os.execv(sys.executable, sys.orig_argv)
