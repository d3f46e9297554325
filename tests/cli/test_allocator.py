"""The allocator's setting: made once, by starting again, for commands that think, and never over a site's own."""

import os
import platform
import subprocess
import sys

import pytest

SCRIPT = """import os
from throughcare.cli._allocator import restart_with_room
print("begun", flush=True)
restart_with_room()
print(os.environ.get("GLIBC_TUNABLES"))"""

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="The C library here is not glibc.")


def told(command: str, said: str | None = None) -> list[str]:
    env = {k: v for k, v in os.environ.items() if k != "GLIBC_TUNABLES"} | ({"GLIBC_TUNABLES": said} if said else {})
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, "--data-dir", "x", command], env=env, capture_output=True, text=True, check=True
    )
    return run.stdout.split()


def test_a_command_that_thinks_begins_again_once_with_its_own_arguments() -> None:
    assert told("serve") == ["begun", "begun", "glibc.malloc.tcache_count=8000:glibc.malloc.hugetlb=1"]


def test_another_setting_stays_beside_it_and_a_sites_own_choice_stays() -> None:
    ours = "glibc.malloc.tcache_count=8000:glibc.malloc.hugetlb=1"
    assert told("settle", "glibc.malloc.check=0")[-1] == f"glibc.malloc.check=0:{ours}"
    assert told("settle", "glibc.malloc.tcache_count=9") == ["begun", "glibc.malloc.tcache_count=9"]


def test_other_commands_go_on_as_they_are() -> None:
    assert told("load") == ["begun", "None"]
