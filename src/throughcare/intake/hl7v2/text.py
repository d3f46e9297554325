"""Text: the bytes of one message as text, by what MSH-18 says, and what to do when the bytes say otherwise."""

import re

from throughcare.faults import Malformed

BYTES_MAX = 16 * 2**20
_ENDS = re.compile("\r\n|\n")

# HL7 table 0211 -> Python's name
_CODECS = {
    "ASCII": "ascii", "UNICODE UTF-8": "utf-8", "UNICODE": "utf-8", "UTF-8": "utf-8",
    **{f"8859/{n}": f"iso8859-{n}" for n in range(1, 17) if n != 12},
    "ISO IR14": "iso2022_jp", "ISO IR87": "iso2022_jp", "ISO IR159": "iso2022_jp_1", "JAS2020": "iso2022_jp_2",
    "GB 18030-2000": "gb18030", "KS X 1001": "euc_kr", "CNS 11643-1992": "euc_tw", "BIG-5": "big5",
}  # fmt: skip
_COMMON = ("utf-8", "cp1252")  # tried in this order when the message names no set, or its bytes are of another


def decoded(data: bytes, charset: str = "") -> str:
    """The message with each segment ended by a carriage return. Nothing is lost: what fits no set is read as Latin-1.

    `charset` is used when the message names none: of table 0211, or as Python calls it.
    """
    data = data.strip(b"\x0b\x1c\r\n \t").removeprefix(b"\xef\xbb\xbf") if data[:3] != b"MSH" else data
    if len(data) > BYTES_MAX:
        raise Malformed(f"The message is longer than {BYTES_MAX:,} bytes.")
    if data[:3] != b"MSH":
        raise Malformed("The message does not begin with MSH and its separators.")
    if b"\0" in data:
        raise Malformed("The message holds the character NUL.")
    named = declared(data) or charset
    text = _as(data, _CODECS.get(named.upper(), named))
    return _ENDS.sub("\r", text) if "\n" in text else text


def declared(data: bytes) -> str:
    """MSH-18, its first repetition."""
    head = data[:4096].partition(b"\r")[0].partition(b"\n")[0]
    separator, marks = head[3:4], head[4:8]
    fields = head.split(separator) if separator else []
    return fields[17].split(marks[1:2] or b"~")[0].decode("ascii", "replace").strip() if len(fields) > 17 else ""


def _as(data: bytes, codec: str) -> str:
    for name in (codec, *_COMMON):
        try:
            return data.decode(name) if name else data.decode("utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")
