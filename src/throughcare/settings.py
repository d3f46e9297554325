"""Settings: every one with its name, type, default and one sentence. Read once, from THROUGHCARE_<NAME>."""

import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from throughcare.faults import Fault


def _setting(default: Any, says: str) -> Any:
    return field(default=default, metadata={"says": says})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One installation. Two installations with different data directories live side by side."""

    data_dir: Path = _setting(Path("throughcare-data"), "Folder that holds this installation: database, socket, logs.")
    database: str = _setting("", "DSN of a PostgreSQL server, 15 or newer; empty means the bundled one.")
    postgres_bin: str = _setting("", "Folder with PostgreSQL programs to use instead of the bundled ones.")
    host: str = _setting("127.0.0.1", "Address to listen on; anything but loopback needs behind_proxy.")
    port: int = _setting(8470, "Port to listen on.")
    behind_proxy: bool = _setting(False, "True when a proxy in front ends TLS; needed to listen off loopback.")
    time_zone: str = _setting("America/New_York", "The site's time zone, for people whose own is not known.")
    calendar: str = _setting("US", "Holiday calendar of business-day clocks: US (federal) or US-<state>.")
    languages: str = _setting("en,es", "Languages of the site, the default first.")
    care_models_dir: str = _setting("", "A site's own folder of care models, loaded beside the shipped ones.")
    care_tables_dir: str = _setting("", "Folder of tables the site brings along, as fee schedules: <name>.csv.")
    value_sets_dir: str = _setting("", "Folder of value sets the site has a license for: FHIR ValueSet files.")
    table_mappings_dir: str = _setting("", "Folder of mappings of tables; empty means the folder mappings in data_dir.")
    identity_weights: str = _setting("", "File of linkage weights trained here; empty takes those that come along.")
    shared_data: Path = _setting(
        Path("../shared/data"), "Folder of third-party test data; tests of it are skipped when absent."
    )
    chromium: str = _setting("", "Path of a Chromium for browser tests; empty means look in the usual places.")
    session_idle_minutes: int = _setting(15, "Minutes without activity after which a staff session ends.")
    resource_bytes_max: int = _setting(16 * 2**20, "Largest resource accepted, in bytes.")
    document_bytes_max: int = _setting(512 * 2**20, "Largest JSON document accepted when it is not NDJSON, in bytes.")
    json_depth_max: int = _setting(64, "Deepest nesting accepted in JSON.")
    archive_ratio_max: int = _setting(200, "Largest expansion ratio accepted of a compressed file.")
    load_batch: int = _setting(2000, "Resources in one commit of a load.")
    pass_people_max: int = _setting(5000, "People in one pass of the care models.")
    page_rows: int = _setting(200, "Rows on one page of a worklist.")

    @classmethod
    def read(cls, environ: dict[str, str] | None = None, **given: Any) -> "Settings":
        """Settings from the environment, then from what a command was given; None means not given."""
        environ = dict(os.environ) if environ is None else environ
        values: dict[str, Any] = {}
        for f in fields(cls):
            name = f"THROUGHCARE_{f.name.upper()}"
            if name in environ:
                values[f.name] = _parse(name, environ[name], type(f.default))
        values.update({k: v for k, v in given.items() if v is not None})
        settings = cls(**values)
        object.__setattr__(settings, "data_dir", Path(settings.data_dir).expanduser().absolute())
        return settings


def _parse(name: str, text: str, kind: Any) -> Any:
    if kind is bool:
        if text.lower() in ("1", "true", "yes", "on"):
            return True
        if text.lower() in ("0", "false", "no", "off", ""):
            return False
        raise Fault(f"{name} is {text!r}, which is neither true nor false.", do="Write true or false.")
    try:
        return Path(text) if issubclass(kind, Path) else kind(text)
    except ValueError:
        raise Fault(f"{name} is {text!r}, which is not a {kind.__name__}.", do="Correct it or remove it.") from None
