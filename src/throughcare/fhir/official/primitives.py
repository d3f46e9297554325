"""The forms FHIR's primitive types take in JSON, as annotations of the typed model; dates checked by the calendar."""

_YEAR = "(?!0000)[0-9]{4}"
_LEAP = "(?!0000)(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_DAYS = "(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31"
_DAY = f"(?:{_YEAR}-(?:{_DAYS})|{_LEAP}-02-29)"
_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\\.[0-9]+)?"
_ZONE = "(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_PARTIAL = f"{_YEAR}(?:-(?:0[1-9]|1[0-2]))?"

# One range of characters, from the first that is neither white space nor control: the quickest form of "no spaces".
_DARK = "[!-\\U0010ffff]"
_SPACELESS = f"\\A{_DARK}*\\Z"
_PATTERNS = {
    "base64Binary": r"\A[A-Za-z0-9+/=\s]+\Z",
    "canonical": _SPACELESS,
    "code": f"\\A{_DARK}+(?: {_DARK}+)*\\Z",
    "date": f"\\A(?:{_DAY}|{_PARTIAL})\\Z",
    "dateTime": f"\\A(?:{_DAY}(?:T{_TIME}{_ZONE})?|{_PARTIAL})\\Z",
    "id": r"\A[A-Za-z0-9\-.]{1,64}\Z",
    "instant": f"\\A{_DAY}T{_TIME}{_ZONE}\\Z",
    "oid": r"\Aurn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+\Z",
    "time": f"\\A{_TIME}\\Z",
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
