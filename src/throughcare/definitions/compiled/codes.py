"""Code sets: is a code in the set, with prefixes, ICD-10 codes with or without their dot, and short system names."""

import re

from throughcare.definitions.expressions import Mistake, Spelled, quoted, uses_of
from throughcare.definitions.grammar import ValueSet

SYSTEMS = {
    "icd10cm": (
        "http://hl7.org/fhir/sid/icd-10-cm",
        "http://hl7.org/fhir/sid/icd-10",
        "urn:oid:2.16.840.1.113883.6.90",
    ),
    "icd9cm": ("http://hl7.org/fhir/sid/icd-9-cm", "urn:oid:2.16.840.1.113883.6.103"),
    "icd10pcs": ("http://www.cms.gov/Medicare/Coding/ICD10", "http://hl7.org/fhir/sid/icd-10-pcs"),
    "snomed": ("http://snomed.info/sct", "urn:oid:2.16.840.1.113883.6.96"),
    "loinc": ("http://loinc.org", "urn:oid:2.16.840.1.113883.6.1"),
    "rxnorm": ("http://www.nlm.nih.gov/research/umls/rxnorm", "urn:oid:2.16.840.1.113883.6.88"),
    "cpt": ("http://www.ama-assn.org/go/cpt", "urn:oid:2.16.840.1.113883.6.12"),
    "hcpcs": (
        "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
        "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
        "urn:oid:2.16.840.1.113883.6.285",
    ),
    "cvx": ("http://hl7.org/fhir/sid/cvx", "urn:oid:2.16.840.1.113883.12.292"),
    "ndc": ("http://hl7.org/fhir/sid/ndc",),
    "actcode": ("http://terminology.hl7.org/CodeSystem/v3-ActCode",),
}
_BY_URI = {uri: alias for alias, uris in SYSTEMS.items() for uri in uris}
_CASES = " ".join(f"when {quoted(uri)} then {quoted(alias)}" for uri, alias in _BY_URI.items())
MACROS = (
    f"care_system(system) as case system {_CASES} else system end",
    "care_code(system, code) as care_system(system) || '|' || upper(code)",
)


def alias(system: str) -> str:
    return _BY_URI.get(system, system)


def contains(value_set: ValueSet, code: Spelled, system: Spelled | None) -> Spelled:
    """The row's code in the set; without a column for the system, the code alone decides."""
    if not value_set.codes and value_set.licensed:
        return Spelled("cast(null as boolean)", "boolean")
    sql = f"care_code({system.sql}, {code.sql})" if system else f"upper({code.sql})"
    found = _among(sql, value_set.codes, bool(system))
    if value_set.excludes:
        found = f"({found} and not {_among(sql, value_set.excludes, bool(system))})"
    return Spelled(found, "boolean", uses_of([code, system] if system else [code]))


def _among(sql: str, codes: dict[str, list[str]], with_system: bool) -> str:
    """Many whole codes as a list, which the engine looks up at once; prefixes and ICD codes as a pattern."""
    rest = {s: listed for s, listed in codes.items() if alias(s).startswith("icd") or any("*" in c for c in listed)}
    whole = {s: listed for s, listed in codes.items() if s not in rest}
    named = (f"{alias(s)}|{c.upper()}" if with_system else c.upper() for s, listed in whole.items() for c in listed)
    items = ", ".join(map(quoted, dict.fromkeys(named)))
    parts = [f"({sql} in ({items}))"] if items else []
    parts += [f"regexp_full_match({sql}, {quoted(_pattern(rest, with_system))})"] if rest or not parts else []
    return parts[0] if len(parts) == 1 else f"({' or '.join(parts)})"


def _pattern(codes: dict[str, list[str]], with_system: bool) -> str:
    parts = []
    for system, listed in codes.items():
        any_of = "|".join(_code(alias(system), code) for code in listed)
        parts.append(f"{re.escape(alias(system))}\\|(?:{any_of})" if with_system else any_of)
    if not parts:
        raise Mistake("The value set has no codes.", do="Add codes = { system = [codes] }.")
    return "|".join(parts)


def _code(system: str, code: str) -> str:
    """A code as a pattern: a closing * is a prefix; the dot of an ICD code may be there or not."""
    stem, prefix = code.upper().removesuffix("*"), code.endswith("*")
    if system.startswith("icd"):
        plain = stem.replace(".", "")
        stem = plain[:3] + "\\.?" + plain[3:] if len(plain) > 3 or prefix else plain
        return stem + (".*" if prefix else "")
    return re.escape(stem) + (".*" if prefix else "")
