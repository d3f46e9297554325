"""From a record's values to FHIRPath's own: text becomes a day, a Quantity element becomes an amount."""

from decimal import Decimal
from typing import Any

from .units import CODE_WORDS
from .values import Date, DateTime, Long, Node, Quantity, Time

UCUM = "http://unitsofmeasure.org"
QUANTITIES = frozenset(("Quantity", "Age", "Count", "Distance", "Duration", "SimpleQuantity", "MoneyQuantity"))


def system(item: Any) -> Any:
    """The System value of a simple node or a Quantity; other nodes, and values that do not parse, stay as they are."""
    if type(item) is not Node:
        return item
    value, kind = item.value, item.kind
    if type(value) is dict:
        return amount(item) if kind in QUANTITIES else item
    if value is None:
        return item
    read = _READERS.get(kind)
    return value if read is None else read(value)


def _read_decimal(value: Any) -> Any:
    """Numbers as decimals, 1.10 as it was given; what is not a number stays as it is."""
    if isinstance(value, Decimal) or not is_number(value):
        return value
    return Decimal(str(value))


def is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal, float)) and not isinstance(value, bool)


_READERS = {
    "date": lambda value: Date.parse(value) or value if isinstance(value, str) else value,
    "dateTime": lambda value: DateTime.parse(value) or value if isinstance(value, str) else value,
    "instant": lambda value: DateTime.parse(value) or value if isinstance(value, str) else value,
    "time": lambda value: Time.parse(value) or value if isinstance(value, str) else value,
    "decimal": _read_decimal,
    "integer64": lambda value: Long(value) if str(value).lstrip("-").isdigit() else value,
}


def amount(node: Node) -> Any:
    """A Quantity element as an amount when its unit is UCUM or it has none, and no comparator blurs it."""
    given = node.value
    value, system_uri = given.get("value"), given.get("system")
    if not is_number(value) or "comparator" in given:
        return node
    if system_uri is None and "unit" not in given and "code" not in given:
        return Quantity(_read_decimal(value))
    code = given.get("code")
    if system_uri != UCUM or not isinstance(code, str):
        return node
    return Quantity(_read_decimal(value), code, both=code in CODE_WORDS)


def type_of(item: Any) -> tuple[str, str]:
    """Namespace and name of an item's type."""
    if type(item) is Node:
        if item.kind.startswith("System."):
            return "System", item.kind[7:]
        if item.kind or isinstance(item.value, dict):
            return "FHIR", item.kind
        item = item.value
    if isinstance(item, bool):
        return "System", "Boolean"
    names = {str: "String", int: "Integer", Decimal: "Decimal", Long: "Long", float: "Decimal"}
    return "System", names.get(type(item)) or type(item).__name__
