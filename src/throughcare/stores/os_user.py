"""The operating-system user that runs the bundled database: ourselves, or an unprivileged one when we are root."""

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

from throughcare.faults import Unavailable

NAME = "throughcare"


def server_user() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root, so root borrows (once: creates) a user that can do nothing else."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return _create()


def _create() -> pwd.struct_passwd:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program:
        nowhere = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
        subprocess.run([program, "--system", "--user-group", *nowhere, NAME], check=False, capture_output=True)
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        raise Unavailable(
            f"There is no user {NAME} and it could not be created.",
            why="The database does not run as root.",
            do=f"Create it (useradd --system {NAME}), or run throughcare as an ordinary user.",
        ) from None


def own(folder: Path, user: pwd.struct_passwd) -> None:
    """Give a private folder to the server's user, making it when missing."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if stat.S_ISLNK(found.st_mode) or found.st_uid not in (user.pw_uid, os.geteuid()):
        raise Unavailable(f"{folder} belongs to someone else.", do="Remove it, or choose another data directory.")
    if os.geteuid() == 0:
        os.chown(folder, user.pw_uid, user.pw_gid)
    os.chmod(folder, 0o700)


def let_through(path: Path, user: pwd.struct_passwd) -> None:
    """Let the server's user pass through (not look into) the folders above `path`; see docs/why/0020."""
    if os.geteuid() != 0:
        return
    for folder in [path, *path.parents]:
        mode = folder.stat()
        if mode.st_uid == user.pw_uid or mode.st_mode & stat.S_IXOTH:
            continue
        if mode.st_gid != user.pw_gid or not mode.st_mode & stat.S_IXGRP:
            os.chmod(folder, stat.S_IMODE(mode.st_mode) | stat.S_IXOTH)
