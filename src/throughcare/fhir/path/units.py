"""Units of measure (UCUM): take a unit code apart far enough to compare and convert amounts."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple


class Measure(NamedTuple):
    """A unit in base units: how many of them, the power of each (metre, gram, second ...), and where its zero lies."""

    factor: Decimal
    powers: tuple[tuple[str, int], ...]
    offset: Decimal = Decimal(0)


# Each unit as an amount of a simpler one; a base unit is 1 of nothing. Arbitrary units ([iU]) are bases of their own:
# they compare with themselves only. Values: The Unified Code for Units of Measure.
_UNITS: dict[str, tuple[str, str]] = {
    **dict.fromkeys("m g s rad K C cd [iU] [arb'U] [pH]".split(), ("1", "")),
    "a": ("365.25", "d"), "mo": ("30.4375", "d"), "[calendar_year]": ("365", "d"), "[calendar_month]": ("30", "d"),
    "min": ("60", "s"), "h": ("60", "min"), "d": ("24", "h"), "wk": ("7", "d"), "%": ("0.01", ""),
    "[ppth]": ("0.001", ""), "[ppm]": ("0.000001", ""), "[ppb]": ("0.000000001", ""),
    "mol": ("602213670000000000000000", ""), "[pi]": ("3.1415926535897932384626433832795", ""), "l": ("0.001", "m3"),
    "L": ("0.001", "m3"), "ar": ("100", "m2"), "t": ("1000", "kg"), "u": ("1.6605402E-24", "g"),
    "N": ("1", "kg.m/s2"), "Pa": ("1", "N/m2"), "J": ("1", "N.m"), "W": ("1", "J/s"), "Hz": ("1", "s-1"),
    "A": ("1", "C/s"), "V": ("1", "J/C"), "F": ("1", "C/V"), "Ohm": ("1", "V/A"), "S": ("1", "A/V"),
    "Wb": ("1", "V.s"), "T": ("1", "Wb/m2"), "H": ("1", "Wb/A"), "lm": ("1", "cd"), "lx": ("1", "lm/m2"),
    "Bq": ("1", "s-1"), "Gy": ("1", "J/kg"), "Sv": ("1", "J/kg"), "kat": ("1", "mol/s"), "U": ("1", "umol/min"),
    "eq": ("1", "mol"), "osm": ("1", "mol"), "bar": ("100000", "Pa"), "atm": ("101325", "Pa"),
    "m[Hg]": ("133.322", "kPa"), "m[H2O]": ("9.80665", "kPa"), "cal": ("4.184", "J"), "[Cal]": ("1", "kcal"),
    "g%": ("1", "g/dl"), "eV": ("1.60217733E-19", "J"), "deg": ("0.017453292519943295769236907684886", "rad"),
    "dyn": ("0.00001", "N"), "erg": ("0.0000001", "J"), "[in_i]": ("2.54", "cm"), "[ft_i]": ("12", "[in_i]"),
    "[yd_i]": ("3", "[ft_i]"), "[mi_i]": ("5280", "[ft_i]"), "[lb_av]": ("453.59237", "g"),
    "[oz_av]": ("28.349523125", "g"), "[gr]": ("64.79891", "mg"), "[st_av]": ("14", "[lb_av]"),
    "[foz_us]": ("29.5735295625", "ml"), "[cup_us]": ("8", "[foz_us]"), "[pt_us]": ("16", "[foz_us]"),
    "[qt_us]": ("2", "[pt_us]"), "[gal_us]": ("4", "[qt_us]"), "[tbs_us]": ("0.5", "[foz_us]"),
    "[tsp_us]": ("4.92892159375", "ml"), "[lbf_av]": ("4.4482216152605", "N"), "[psi]": ("6894.757293168361", "Pa"),
    "[drp]": ("0.05", "ml"),
}  # fmt: skip
_METRIC = frozenset(
    "m g s rad K C cd mol l L ar t u N Pa J W Hz A V F Ohm S Wb T H lm lx Bq Gy Sv kat U eq osm bar m[Hg] m[H2O] cal"
    " eV dyn erg [iU]".split()
)
_PREFIXES = {
    "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1, "d": -1, "c": -2, "m": -3,
    "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24,
}  # fmt: skip
# Calendar words and the UCUM code of the same definite length; a calendar year and month are units of their own.
_DEFINITE = {"week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s", "millisecond": "ms"}
CALENDAR_CODES = _DEFINITE | {"year": "[calendar_year]", "month": "[calendar_month]"}
CODE_WORDS = {code: word for word, code in _DEFINITE.items()} | {"a": "year", "mo": "month"}
_PIECE = re.compile(
    r"[./()]|\{[^}]*\}|10[*^][+-]?\d+|(?:\[[^\]]*\]|[A-Za-z%*^'])(?:\[[^\]]*\]|[A-Za-z%_'])*[+-]?\d*|\d+"
)
_ATOM = re.compile(r"(.*?)([+-]?\d+)?")


# Scales with a zero of their own: only compared and converted, never added or multiplied.
_SCALES = {
    "Cel": Measure(Decimal(1), (("K", 1),), Decimal("273.15")),
    "[degF]": Measure(Decimal(5) / 9, (("K", 1),), Decimal("459.67") * 5 / 9),
}
_LOGARITHMS = frozenset(("B", "dB", "Np", "[pH]", "B[SPL]", "B[V]", "B[W]"))


def is_scale(code: str) -> bool:
    return code in _SCALES or code in _LOGARITHMS


@lru_cache(maxsize=4096)
def measure(code: str) -> Measure | None:
    """A unit code in base units, or None when it is not one we can take apart."""
    if code in _SCALES:
        return _SCALES[code]
    pieces = _PIECE.findall(code)
    if not code or "".join(pieces) != code:
        return None
    try:
        factor, powers, rest = _product(pieces)
    except (KeyError, IndexError):
        return None
    if rest:
        return None
    return Measure(factor, tuple(sorted((unit, power) for unit, power in powers.items() if power)))


def _product(pieces: list[str]) -> tuple[Decimal, dict[str, int], list[str]]:
    factor, powers, sign = Decimal(1), {}, 1  # type: ignore[var-annotated]
    if pieces[0] == "/":
        sign, pieces = -1, pieces[1:]
    while True:
        f, p, pieces = _factor(pieces)
        factor = factor * f if sign > 0 else factor / f
        for unit, power in p.items():
            powers[unit] = powers.get(unit, 0) + sign * power
        if not pieces or pieces[0] == ")":
            return factor, powers, pieces
        if pieces[0].startswith("{"):
            pieces = pieces[1:]
            if not pieces or pieces[0] == ")":
                return factor, powers, pieces
        if pieces[0] not in "./":
            raise KeyError(pieces[0])
        sign, pieces = (1 if pieces[0] == "." else -1), pieces[1:]


def _factor(pieces: list[str]) -> tuple[Decimal, dict[str, int], list[str]]:
    first, rest = pieces[0], pieces[1:]
    if first == "(":
        factor, powers, rest = _product(rest)
        return factor, powers, rest[1:] if rest[0] == ")" else _refuse(first)
    if first.startswith("{"):
        return Decimal(1), {}, rest
    if first.startswith(("10*", "10^")):
        return Decimal(10) ** int(first[3:]), {}, rest
    if first.isdigit():
        return Decimal(first), {}, rest
    atom = _ATOM.fullmatch(first)
    name, power = (atom[1], int(atom[2] or 1)) if atom else _refuse(first)
    factor, powers = _unit(name)
    return factor**power, {unit: p * power for unit, p in powers.items()}, rest


def _unit(name: str) -> tuple[Decimal, dict[str, int]]:
    if name in _UNITS:
        return _defined(name)
    for size in (1, 2):
        prefix, unit = name[:size], name[size:]
        if prefix in _PREFIXES and unit in _METRIC:
            factor, powers = _defined(unit)
            return factor * Decimal(10) ** _PREFIXES[prefix], powers
    raise KeyError(name)


def _defined(name: str) -> tuple[Decimal, dict[str, int]]:
    """A unit of the table; one of amount 1 in terms of nothing is a base unit."""
    amount, inside = _UNITS[name]
    if not inside:
        return Decimal(amount), {name: 1} if amount == "1" else {}  # %, mol and the like are plain numbers
    base = measure(inside)
    if base is None:
        raise KeyError(inside)
    return Decimal(amount) * base.factor, dict(base.powers)


def _refuse(piece: str):
    raise KeyError(piece)


def written(*parts: tuple[tuple[str, int], ...]) -> str:
    """Base units multiplied and written as one code: m and m give m2."""
    powers: dict[str, int] = {}
    for unit, power in (pair for part in parts for pair in part):
        powers[unit] = powers.get(unit, 0) + power
    above = [unit if power == 1 else f"{unit}{power}" for unit, power in sorted(powers.items()) if power > 0]
    below = [f"/{unit}" if power == -1 else f"/{unit}{-power}" for unit, power in sorted(powers.items()) if power < 0]
    return "".join([".".join(above), *below]) or "1"
