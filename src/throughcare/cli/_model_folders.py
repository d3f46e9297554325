"""Which folder is meant when someone names a care model."""

from pathlib import Path

from throughcare.definitions.load import model_folders
from throughcare.definitions.near import did_you_mean
from throughcare.faults import Unavailable
from throughcare.settings import Settings


def folder_of(name: str, settings: Settings) -> Path:
    """The folder of a care model, by id or by path."""
    if Path(name).is_dir():
        return Path(name)
    known = {folder.name: folder for folder in model_folders(settings)}
    if name not in known:
        do = f"Known: {', '.join(sorted(known))}; or give the path of a folder."
        raise Unavailable(f'There is no care model "{name}".{did_you_mean(name, known)}', do=do)
    return known[name]
