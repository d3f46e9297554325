"""Settings of the bundled database: durable before fast, closed to the network, silent about people."""

import os
from pathlib import Path

_SETTINGS = """\
# Written by throughcare at every start; put your own lines in local.conf beside this file.
listen_addresses = ''
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0700
port = 5432
max_connections = 100

# What is acknowledged is on the disk.
fsync = on
synchronous_commit = on
full_page_writes = on
wal_level = replica
wal_compression = off
max_wal_size = 2GB
min_wal_size = 256MB
checkpoint_timeout = 10min

shared_buffers = {shared_buffers_mb}MB
work_mem = 32MB
maintenance_work_mem = 256MB
random_page_cost = 1.1
jit = off

# No statement, no value and no detail of one in the log: they hold people's data.
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_statement = none

timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
include_if_exists = 'local.conf'
"""

# Only root and the server's own user can reach the socket at all; the kernel says which of them it is.
_HBA = "local all all peer map=throughcare\n"


def write(cluster: Path, socket_dir: Path, server_user: str) -> None:
    """Write postgresql.conf, pg_hba.conf and pg_ident.conf of a cluster that is not running."""
    text = _SETTINGS.format(socket_dir=socket_dir, shared_buffers_mb=_shared_buffers_mb())
    me = _name_of_us()
    idents = {f"throughcare {who} {role}" for who in (me, server_user) for role in ("throughcare", "postgres")}
    _replace(cluster / "postgresql.conf", text)
    _replace(cluster / "pg_hba.conf", _HBA)
    _replace(cluster / "pg_ident.conf", "\n".join(sorted(idents)) + "\n")


def _shared_buffers_mb() -> int:
    """An eighth of the memory, from 128 MB to 1 GB: the database shares the machine with the product."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(128, min(1024, memory_mb // 8))


def _name_of_us() -> str:
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name


def _replace(path: Path, text: str) -> None:
    owner = path.stat()
    aside = path.with_suffix(".new")
    aside.write_text(text)
    os.chmod(aside, 0o600)
    if os.geteuid() == 0:
        os.chown(aside, owner.st_uid, owner.st_gid)
    aside.replace(path)
