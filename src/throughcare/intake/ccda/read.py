"""Read: the bytes of a clinical document to a tree, under limits, with every declaration that could reach out refused.

Elements of HL7 v3 have their plain name, those of the US extension `sdtc:name`; `xsi:type` is the name of that
attribute. Expat is given the whole text at once and one handler for each danger, so nothing is built that is refused.
"""

import re
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from throughcare.faults import Malformed

DEPTH_MAX = 100  # elements in each other; the deepest sample has 24
ELEMENTS_MAX = 200_000
ATTRIBUTES_MAX = 50  # of one element

_PREFIX = {
    "urn:hl7-org:v3": "",
    "urn:hl7-org:sdtc": "sdtc:",
    "http://www.w3.org/2001/XMLSchema-instance": "xsi:",
    "http://www.w3.org/XML/1998/namespace": "xml:",
}
_ROOT = re.compile(rb"<(?:[\w.-]+:)?ClinicalDocument[\s>/]")


def is_document(start: bytes) -> bool:
    """Whether a stream that begins so is a clinical document, fit to be read or not."""
    text = start.replace(b"\0", b"")  # UTF-16 too
    opens = text.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lstrip()
    return opens.startswith(b"<") and _ROOT.search(text) is not None


def tree(data: bytes) -> Element:
    """The root of the document. Malformed when it is no XML, declares anything, or passes a limit."""
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as problem:
        what, line = expat.ErrorString(problem.code), problem.lineno
        raise Malformed(f"The document is not well-formed XML ({what}, line {line}).", do=_DO) from None
    except (LookupError, ValueError):
        raise Malformed("The document is written in characters that cannot be read.", do=_DO) from None
    root = reader.builder.close()
    if root.tag != "ClinicalDocument":
        raise Malformed("The document is XML, but no clinical document of HL7 v3.", do=_DO)
    return root


_DO = "Ask the sender for a valid document, or correct it in quarantine and replay it."


class _Reader:
    """One reading: what is built, and how deep and large it is so far."""

    def __init__(self) -> None:
        self.builder, self.depth, self.elements = TreeBuilder(), 0, 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.EntityDeclHandler = _refuse
        self.parser.ExternalEntityRefHandler = _refuse
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.builder.data

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth, self.elements = self.depth + 1, self.elements + 1
        if self.depth > DEPTH_MAX:
            raise Malformed(f"The document is nested deeper than {DEPTH_MAX} elements.", do=_DO)
        if self.elements > ELEMENTS_MAX:
            raise Malformed(f"The document has more than {ELEMENTS_MAX:,} elements.", do=_DO)
        if len(attributes) > ATTRIBUTES_MAX:
            raise Malformed(f"An element has more than {ATTRIBUTES_MAX} attributes.", do=_DO)
        self.builder.start(_short(name), {_short(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self.depth -= 1
        self.builder.end(_short(name))


def _short(name: str) -> str:
    space, _, local = name.rpartition(" ")
    return _PREFIX.get(space, "other:") + local if space else local


def _refuse(*declared: object) -> int:
    raise Malformed("The document declares a document type or entities, which is refused.", do=_DO)
