"""The compiler: the plan of a resource type as one Python function, so that indexing costs a few microseconds."""

from collections.abc import Callable
from itertools import product
from typing import Any

from throughcare.fhir.path import compile as fhirpath
from throughcare.fhir.search import spans, terms
from throughcare.fhir.search.parameters import Parameter, by_url, number_of, of_type, steps
from throughcare.fhir.search.plan import Node, add, leaf_of, reached
from throughcare.fhir.search.row import SearchRow, empty
from throughcare.fhir.search.texts import SAID

Extract = Callable[[dict[str, Any]], SearchRow]
_TERMS = {
    name: getattr(terms, name)
    for name in ("primitive", "coding", "concept", "identifier", "contact", "reference", "uri")
}


def compile_type(resource_type: str) -> Extract:
    """A function from a resource to its row, with every parameter of its type."""
    root, whole = Node(resource_type), []
    for parameter in of_type(resource_type):
        whole += [(parameter, expression) for expression in add(root, resource_type, parameter)]
    writer = _Writer(resource_type)
    writer.node(root, "r", 1)
    writer.whole(whole)
    return writer.function()


class _Writer:
    """Lines of the function, and the readers they call."""

    def __init__(self, resource_type: str) -> None:
        self.type = resource_type
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"empty": empty}
        self.count = 0

    def node(self, node: Node, var: str, depth: int) -> None:
        for reader, parameters in node.leaves.items():
            self.leaf(reader, node.place, parameters, var, depth)
        for place, pair in node.pairs.items():
            self.line(depth, f"terms += {self.name(_paired(place, *pair))}({var})")
        for (key, many, where), below in node.below.items():
            if not below.reads():
                continue
            self.below(key, many, where, below, var, depth)

    def below(self, key: str, many: bool, where: tuple[str, str], below: Node, var: str, depth: int) -> None:
        """Visit an element: all of an array, and only those a `where` keeps."""
        held = self.variable()
        self.line(depth, f"{held} = {var}.get({key!r})")
        if many:
            self.line(depth, f"for {held} in {held} or ():")
            self.line(depth + 1, f"if {held} is None: continue")
        else:
            self.line(depth, f"if {held} is not None:")
        if where[0]:
            self.line(depth + 1, f"if {held}.get({where[0]!r}) == {where[1]!r}:")
            depth += 1
        self.node(below, held, depth + 1)

    def leaf(self, reader: str, place: str, parameters: list[str], var: str, depth: int) -> None:
        """What is read at an element for all parameters that read it the same way."""
        numbers = [number_of(name) for name in parameters]
        if reader in _TERMS:
            self.line(depth, f"terms += {self.name(_TERMS[reader](place))}({var})")
        elif reader.startswith("of_"):
            self.line(depth, f"for low, high in {self.name(getattr(spans, reader))}({var}):")
            self.line(depth + 1, f"span_params += {numbers}")
            self.line(depth + 1, f"span_lows += [low] * {len(numbers)}; span_highs += [high] * {len(numbers)}")
        elif reader in SAID:
            said, names = self.name(SAID[reader]), [f"{name}=" for name in parameters]
            self.line(depth, f"texts += [p + s for s in {said}({var}) for p in {names}]")
        else:
            self.amount(reader, place, numbers, var, depth)

    def amount(self, reader: str, place: str, numbers: list[int], var: str, depth: int) -> None:
        amounts = {"amount": f"({var}.get('value'),)", "number": f"({var},)"}
        bounds = f"(({var}.get('low') or {{}}).get('value'), ({var}.get('high') or {{}}).get('value'))"
        self.line(depth, f"for n in {amounts.get(reader, bounds)}:")
        self.line(depth + 1, f"if n is not None: number_params += {numbers}; numbers += [float(n)] * {len(numbers)}")
        if reader == "amount":
            self.line(depth, f"terms += {self.name(terms.unit(place))}({var})")

    def whole(self, left: list[tuple[Parameter, str]]) -> None:
        """Expressions that need all of FHIRPath: Patient.deceased, and the first resource in a Bundle."""
        for parameter, expression in left:
            read = _whole(parameter, f"{self.type}?{parameter.name}")
            self.line(1, f"for v in {self.name(fhirpath(expression))}(r):")
            self.line(2, f"terms += {self.name(read)}(v)")

    def line(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def variable(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def name(self, value: Any) -> str:
        self.names[f"f{len(self.names)}"] = value
        return f"f{len(self.names) - 1}"

    def function(self) -> Extract:
        """The text is made of official element names and of numbers, never of a record's content."""
        head = ["def extract(r):", "    row = empty()", f"    {', '.join(SearchRow._fields)} = row"]
        exec(compile("\n".join([*head, *self.lines, "    return row"]), f"<search {self.type}>", "exec"), self.names)
        return self.names["extract"]


def _whole(parameter: Parameter, place: str) -> terms.Reader:
    """A resource that stands inside a Bundle is found as if it were referred to."""
    if parameter.kind != "reference":
        return terms.primitive(place)
    read = terms.reference(place)
    return lambda found: read({"reference": f"{found.get('resourceType')}/{found['id']}"}) if "id" in found else ()


def _paired(place: str, parameter: Parameter, type_name: str) -> terms.Reader:
    """A composite below the resource: one term per combination of its parts, written as they are searched: a$b."""
    parts = [_part(type_name, by_url()[url]["type"], expression) for url, expression in parameter.components]

    def read(node: dict[str, Any]) -> terms.Terms:
        forms = ["$".join(combined) for combined in product(*(part(node) for part in parts))]
        return tuple(str(terms.number(place, form)) for form in forms)

    return read


def _part(type_name: str, kind: str, expression: str) -> Callable[[Any], list[str]]:
    """The forms in which one part of a composite may be asked for."""
    ways = [way for each in expression.split(" | ") for way in _ways(type_name, kind, each.strip())]
    return lambda node: [form for keys, forms in ways for value in _values(node, keys) for form in forms(value)]


def _ways(type_name: str, kind: str, expression: str) -> list[tuple[list[str], Callable[[Any], Any]]]:
    root, ways = Node(""), []
    for node, reached_type in reached(root, type_name, steps(expression) or []):
        forms = _FORMS.get(leaf_of(kind, reached_type))
        if forms:
            ways.append((_keys(root, node), forms))
    return ways


def _keys(root: Node, goal: Node) -> list[str]:
    for (key, _, _), node in root.below.items():
        if node is goal:
            return [key]
        below = _keys(node, goal)
        if below:
            return [key, *below]
    return []


def _values(node: Any, keys: list[str]) -> list[Any]:
    found = [node]
    for key in keys:
        found = [v for n in found for v in _listed(n.get(key))]
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _quantity_forms(value: dict[str, Any]) -> list[str]:
    amount, system, code = value.get("value"), value.get("system", ""), value.get("code") or value.get("unit") or ""
    return [] if amount is None else [str(amount), f"{amount}|{system}|{code}"]


_FORMS: dict[str, Callable[[Any], Any]] = {
    "primitive": lambda value: terms.coded_forms(None, str(value)),
    "coding": lambda value: terms.coded_forms(value.get("system"), value.get("code"))[:2],
    "concept": lambda value: [
        f for c in value.get("coding", ()) for f in terms.coded_forms(c.get("system"), c.get("code"))[:2]
    ],
    "reference": lambda value: [value["reference"]] if "reference" in value else [],
    "uri": lambda value: [value],
    "of_date": lambda value: [value],
    "amount": _quantity_forms,
    "text": lambda value: [terms.normal(value)],
}
