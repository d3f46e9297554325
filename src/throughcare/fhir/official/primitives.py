"""The forms FHIR's primitive types take in JSON, as annotations of the typed model; dates checked by the calendar."""

_YEAR = "(?!0000)[0-9]{4}"
_LEAP = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_DAYS = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_DAY = f"(?:{_YEAR}-{_DAYS}|(?!0000){_LEAP}-02-29)"
_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\\.[0-9]+)?"
_ZONE = "(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_PARTIAL = f"{_YEAR}(?:-(?:0[1-9]|1[0-2]))?"

_SPACELESS = r"^\S*\Z"
_PATTERNS = {
    "base64Binary": r"^[A-Za-z0-9+/=\s]+\Z",
    "canonical": _SPACELESS,
    "code": r"^[^\s]+(?:\s[^\s]+)*\Z",
    "date": f"^(?:{_DAY}|{_PARTIAL})\\Z",
    "dateTime": f"^(?:{_DAY}(?:T{_TIME}{_ZONE})?|{_PARTIAL})\\Z",
    "id": r"^[A-Za-z0-9\-.]{1,64}\Z",
    "instant": f"^{_DAY}T{_TIME}{_ZONE}\\Z",
    "oid": r"^urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+\Z",
    "time": f"^{_TIME}\\Z",
    "uri": _SPACELESS,
    "url": _SPACELESS,
    "uuid": _SPACELESS,
}
_INTEGERS = {"integer": -(2**31), "unsignedInt": 0, "positiveInt": 1}


def annotation(name: str) -> str:
    """How a primitive is spelled in the model. A decimal's digits are kept by fhir.json; here its form counts."""
    if name == "boolean":
        return "bool"
    if name == "decimal":
        return "float"
    if name in _INTEGERS:
        return f"Annotated[int, Rule(ge={_INTEGERS[name]}, le={2**31 - 1})]"
    if name in _PATTERNS:
        return f"Annotated[str, Rule(min_length=1, pattern={_PATTERNS[name]!r})]"
    return "Annotated[str, Rule(min_length=1)]"
