"""Archives: files as they are, gzipped, zipped, or both, opened by looking at them and under limits."""

import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import IO

from throughcare.faults import Malformed, Unavailable

MEMBERS_MAX = 100_000
FREE_BYTES = 1 << 20  # below this size the ratio says nothing
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_WORKBOOK = "xl/workbook.xml"  # a spreadsheet is a zip too, and one file to whoever sends it
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError)


@dataclass(frozen=True, slots=True)
class Member:
    """One readable stream: a file, or one file inside a zip. `digest` is of the outer file."""

    file: str
    name: str  # inside the zip; '' for a file of its own
    digest: bytes
    open: Callable[[], IO[bytes]]

    @property
    def shown(self) -> str:
        return f"{self.file}!{self.name}" if self.name else self.file


class Limited:
    """A stream that refuses to swell: more than `ratio` times the bytes that were packed is a bomb, not data.

    What cannot be unpacked on is Malformed, and names the stream.
    """

    def __init__(self, stream: IO[bytes], packed_bytes: int, ratio: int, where: str) -> None:
        self.stream, self.left, self.where, self.ratio = stream, packed_bytes * ratio + FREE_BYTES, where, ratio

    def read(self, size: int = -1) -> bytes:
        return self._counted(self.stream.read, size if size >= 0 else self.left + 1)

    def readline(self, size: int = -1) -> bytes:
        return self._counted(self.stream.readline, size)

    def close(self) -> None:
        self.stream.close()

    def _counted(self, read: Callable[[int], bytes], size: int) -> bytes:
        try:
            data = read(size)
        except _BROKEN as error:
            raise _unreadable(error, self.where) from None
        self.left -= len(data)
        if self.left < 0:
            raise Malformed(
                f"The file swells to more than {self.ratio} times its size.", where=self.where,
                do="If it is meant to, raise THROUGHCARE_ARCHIVE_RATIO_MAX.",
            )  # fmt: skip
        return data


def groups(paths: list[Path], ratio: int) -> Iterator[list[Member]]:
    """Every stream under the paths, in a stable order, with those beside it in its folder or zip.

    Folders are walked, zips are looked into; a zip is open only until the next group is asked for. A file that cannot
    be opened is a stream that says so when it is read, so that it stops nothing else.
    """
    for path in paths:
        if not path.exists():
            raise Unavailable("There is no such file or folder.", where=str(path), do="Check the path.")
        for _, beside in groupby(_files(path), key=lambda file: file.parent):
            plain: list[Member] = []
            for file in beside:
                try:
                    with file.open("rb") as stream:
                        start = stream.read(4)
                    digest = _digest(file)
                except OSError as error:
                    plain.append(_refusing(file, b"", _unreadable(error, str(file))))
                    continue
                if start.startswith(_ZIP):
                    yield from _of_zip(file, digest, ratio)
                else:
                    plain.append(_of_file(file, digest, start, ratio))
            if plain:
                yield plain


def _files(path: Path) -> list[Path]:
    """The file, or the files under the folder, each folder's together."""
    if not path.is_dir():
        return [path]
    return sorted((p for p in path.rglob("*") if p.is_file()), key=lambda file: (file.parent, file))


def of_bytes(shown: str, data: bytes) -> Member:
    """Text that is in memory, as a stream."""
    return Member(shown, "", blake2b(data, digest_size=16).digest(), partial(BytesIO, data))


def _of_file(file: Path, digest: bytes, start: bytes, ratio: int) -> Member:
    if start.startswith(_GZIP):
        return Member(str(file), "", digest, partial(_unzipped, file, ratio))
    return Member(str(file), "", digest, partial(_plain, file))


def _of_zip(file: Path, digest: bytes, ratio: int) -> Iterator[list[Member]]:
    """The files of a zip, folder by folder, to be read while this is being walked."""
    try:
        packed = zipfile.ZipFile(file)
    except (*_BROKEN, ValueError) as error:
        yield [_refusing(file, digest, _unreadable(error, str(file)))]
        return
    with packed:
        if _WORKBOOK in packed.namelist():
            yield [Member(str(file), "", digest, partial(_plain, file))]
            return
        listed = [i for i in packed.infolist() if not i.is_dir()]
        if len(listed) > MEMBERS_MAX:
            many = f"The zip file holds {len(listed)} files; {MEMBERS_MAX} are the most."
            yield [_refusing(file, digest, Malformed(many, where=str(file)))]
            return
        inside = sorted(listed, key=lambda i: (i.filename.rpartition("/")[0], i.filename))
        for _, beside in groupby(inside, key=lambda i: i.filename.rpartition("/")[0]):
            yield [Member(str(file), i.filename, digest, partial(_open_inside, packed, i, ratio)) for i in beside]


def _refusing(file: Path, digest: bytes, fault: Malformed) -> Member:
    """A stream that can only say why it is none."""

    def refuse() -> IO[bytes]:
        raise fault

    return Member(str(file), "", digest, refuse)


def _unreadable(error: Exception, where: str) -> Malformed:
    """What a library or the disk says, without a path or a byte of the file."""
    encrypted = isinstance(error, RuntimeError) and "encrypted" in str(error)
    reason = "it is encrypted" if encrypted else f"it is damaged: {type(error).__name__}"
    return Malformed(f"The file cannot be read on ({reason}).", where=where, do="Send it again.")


def _plain(file: Path) -> IO[bytes]:
    return file.open("rb")


def _unzipped(file: Path, ratio: int) -> IO[bytes]:
    return Limited(gzip.open(file), file.stat().st_size, ratio, str(file))  # type: ignore[arg-type,return-value]


def _open_inside(packed: zipfile.ZipFile, info: zipfile.ZipInfo, ratio: int) -> IO[bytes]:
    where = f"{packed.filename}!{info.filename}"
    try:
        stream: IO[bytes] = packed.open(info)
        if stream.peek(2)[:2] == _GZIP:  # type: ignore[attr-defined]
            stream = gzip.open(stream)  # type: ignore[assignment]  # noqa: SIM115
    except (*_BROKEN, ValueError) as error:
        raise _unreadable(error, where) from None
    return Limited(stream, info.compress_size, ratio, where)  # type: ignore[return-value]


def _digest(file: Path) -> bytes:
    seal = blake2b(digest_size=16)
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            seal.update(block)
    return seal.digest()
