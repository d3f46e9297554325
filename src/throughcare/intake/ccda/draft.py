"""Draft: the resources of one document while it is read, each with an id that another document gives it again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from xml.etree.ElementTree import Element

from throughcare.intake.ccda.values import UNKNOWN, coding, tables, words, words_of
from throughcare.intake.shapes import Resource, reference, resource_id, without_blanks


@dataclass
class Draft:
    """What is made so far. `person` and `about` are references to the patient and the document's own encounter."""

    source: str
    zone: str
    texts: dict[str, str]  # what the narrative says, by the ID that entries refer to
    made: dict[tuple[str, str], Resource] = field(default_factory=dict)
    person: Resource = field(default_factory=dict)
    about: Resource | None = None
    document: str = ""  # LOINC code of the kind of document
    authors: dict[str, Resource] = field(default_factory=dict)  # by id, for those named only by it later
    made_of: dict[int, Resource] = field(default_factory=dict)  # element -> its reference, while the tree lives
    within: dict[int, Resource] = field(default_factory=dict)  # element -> the visit it stands in

    def key(self, node: Element) -> str:
        """What the source calls a thing: its first real id; without one, all that it says."""
        for id in node.findall("id"):
            if id.get("root") and not id.get("nullFlavor"):
                return f"{id.get('root')}|{id.get('extension', '')}"
        return _all(node)

    def add(self, kind: str, key: str, resource: Resource, node: Element | None = None) -> Resource:
        """Keep a resource; its reference. Two things that bear one id in one document are told apart by content."""
        named = resource_id(self.source, "", kind, key) if kind in _OF_NOBODY else self.named(kind, key)
        whole = without_blanks({"resourceType": kind, "id": named, **resource})
        if kind not in _OF_NOBODY and self.made.get((kind, named), whole) != whole:
            named = self.named(kind, f"{key}|{_all(node) if node is not None else ''}")
            whole["id"] = named
        self.made.setdefault((kind, named), whole)
        if node is not None:
            self.made_of[id(node)] = reference(kind, named)
        return reference(kind, named)

    def join(self, first: Resource, resource: Resource, node: Element) -> Resource:
        """What the resource that was kept first leaves out is taken from this one, which tells of the same thing."""
        kind, _, named = first["reference"].partition("/")
        self.made[kind, named] = without_blanks(resource) | self.made[kind, named]
        self.made_of[id(node)] = first
        return first

    def named(self, kind: str, key: str) -> str:
        """The id of a thing of this patient."""
        return resource_id(self.source, self.person.get("reference", ""), kind, key)

    def concept(self, node: Element | None, *, unknown: bool = False) -> Resource:
        """A CodeableConcept of a CD with its translations and the words of the narrative."""
        if node is None:
            return UNKNOWN if unknown else {}
        nodes = [node, *node.findall("translation"), *node.findall("translation/translation")]
        found = [one for n in nodes if (one := coding(n))]
        codings = [c for n, c in enumerate(found) if c not in found[:n]]
        text = self.text(node.find("originalText")) or " ".join(node.get("displayName", "").split())
        whole: Resource = without_blanks(
            {"coding": codings, "text": text or next((d["display"] for d in codings if "display" in d), "")}
        )
        return whole or (UNKNOWN if unknown else {})

    def text(self, node: Element | None) -> str:
        """The words of an ED: its own, or those of the narrative that it points to."""
        if node is None:
            return ""
        pointed = node.find("reference")
        value = (pointed.get("value") if pointed is not None else "") or ""
        return words(node) or self.texts.get(value.removeprefix("#"), "")

    def related(self, node: Element, role: str) -> Iterator[Element]:
        """Statements inside a statement that are of the role."""
        for relation in node.findall("entryRelationship"):
            for one in relation:
                if template_ids(one) & _TEMPLATES[role]:
                    yield one


_OF_NOBODY = ("Patient", "Practitioner", "Organization", "Location")
_TEMPLATES = {
    role: {f"2.16.840.1.113883.10.20.22.4.{n}" for n in numbers}
    for role, numbers in {
        "status": (6, 28), "severity": (8,), "reaction": (9,), "criticality": (145,), "refusal": (53,), "age": (31,),
        "death": (47,), "comment": (64,), "indication": (19,), "policy": (61,), "supply": (17,), "dispense": (18,),
        "priority": (143,), "problem": (4,), "allergy": (7,),
    }.items()
}  # fmt: skip


def template_ids(node: Element) -> set[str]:
    return {one.get("root", "") for one in node.findall("templateId")}


def role_of(node: Element, section: str) -> str:
    """What a statement makes: by its templates, else by what its section usually holds; '' when nothing tells."""
    known, ids = tables("templates.toml"), template_ids(node)
    roles = [known["template"][id] for id in sorted(ids) if id in known["template"]]
    if roles:
        return str(next((role for role in roles if role != "nothing"), "nothing"))
    return str(known["section"].get(section, {}).get(node.tag) or known["element"].get(node.tag, ""))


def _all(node: Element) -> str:
    """What an element says, however it is laid out."""
    seal = blake2b(digest_size=16)
    for one in node.iter():
        seal.update(repr((one.tag, sorted(one.items()), words_of(one.text or ""), len(one))).encode())
    return seal.hexdigest()
