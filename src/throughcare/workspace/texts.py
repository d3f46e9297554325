"""Texts: input as it came, to be read and corrected in a page, and back to bytes with nothing else changed."""

import re
from dataclasses import dataclass

TEXT_BYTES_MAX = 256 * 1024  # more than this is corrected in a file
FORM_BYTES_MAX = 6 * TEXT_BYTES_MAX  # a form writes a line end as six letters
_ENCODINGS = ("utf-8", "cp1252")
_LINE_END = re.compile("\r\n|\r|\n")
_NO_LETTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # a page or a form would change or drop these


@dataclass(frozen=True, slots=True)
class Text:
    """The text, or as much of it as is shown; `encoding` is '' for what cannot be corrected in a page."""

    shown: str
    encoding: str

    @property
    def rows(self) -> int:
        return min(max(len(_LINE_END.findall(self.shown)), len(self.shown) // 90) + 2, 24)


def read(body: bytes, size: int) -> Text:
    """`body` is the beginning of `size` bytes."""
    for encoding in _ENCODINGS:
        try:
            shown = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        whole = size == len(body) and size <= TEXT_BYTES_MAX and not _NO_LETTER.search(shown)
        return Text(shown, encoding if whole else "")
    return Text(body.decode("utf-8", "replace"), "")


def written(text: str, before: bytes) -> bytes | None:
    """What a form sent, with the encoding and line ends that were there; None when it does not fit that encoding.

    Forms write every line end as CR LF, whatever it was.
    """
    was = read(before, len(before))
    if _LINE_END.sub("\n", text) == _LINE_END.sub("\n", was.shown):
        return before
    ends = _LINE_END.findall(was.shown)
    end = max(ends, key=ends.count) if ends else "\n"
    try:
        return _LINE_END.sub(end, text).encode(was.encoding)
    except UnicodeEncodeError:
        return None
