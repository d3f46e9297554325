"""Functions on text: search, cut, replace, match, encode."""

import base64
import binascii
import html
import json
import re
import sys
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache

from .context import Context
from .mistake import Mistake
from .projection import text
from .registry import function
from .subsets import whole
from .system import system
from .values import Node


def _on_text(name: str, least: int = 0, most: int | None = None) -> Callable:
    """A function of one text and text arguments: empty when any of them is missing."""

    def enter(run: Callable) -> Callable:
        @function(name, least, most)
        def applied(context: Context, items: list, *arguments: list) -> list:
            value = text(items)
            words = [text(argument, f"an argument of {name}()") for argument in arguments]
            if value is None or None in words:
                return []
            result = run(value, *words)
            return result if isinstance(result, list) else [result]

        return run

    return enter


@lru_cache(maxsize=512)
def pattern(expression: str, flags: str = "") -> re.Pattern[str]:
    if set(flags) - {"i", "m"}:
        raise Mistake("The flags of a regular expression are i (any case) and m (line by line).")
    bits = re.DOTALL | (re.IGNORECASE if "i" in flags else 0) | (re.MULTILINE if "m" in flags else 0)
    try:
        return re.compile(_CATEGORY.sub(_category, expression), bits)
    except re.error as error:
        raise Mistake(f"The regular expression cannot be read: {error.msg}.") from None


_JSON_ESCAPE = re.compile(r'(?:\\u[0-9A-Fa-f]{4})+|\\["\\/bfnrt]')
_CATEGORY = re.compile(r"\\p\{(\w{1,2})\}")


def _category(match: re.Match[str]) -> str:
    return _characters(match[1])


@cache
def _characters(category: str) -> str:
    """A Unicode category such as Lu as a set of ranges: Python's expressions do not know categories."""
    runs: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)).startswith(category):
            if runs and runs[-1][1] == code - 1:
                runs[-1][1] = code
            else:
                runs.append([code, code])
    if not runs:
        raise Mistake(f"There is no Unicode category {category}.")
    return "[" + "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in runs) + "]"


_on_text("startsWith", 1)(str.startswith)
_on_text("endsWith", 1)(str.endswith)
_on_text("contains", 1)(lambda value, part: part in value)
_on_text("indexOf", 1)(str.find)
_on_text("lastIndexOf", 1)(lambda value, part: value.rfind(part))
_on_text("upper")(str.upper)
_on_text("lower")(str.lower)
_on_text("length")(len)
_on_text("trim")(str.strip)
_on_text("toChars")(list)
_on_text("replace", 2)(str.replace)
_on_text("matches", 1, 2)(lambda value, form, flags="": pattern(form, flags).search(value) is not None)
_on_text("matchesFull", 1, 2)(
    lambda value, form, flags="": pattern(whole_of(form, flags), flags).search(value) is not None
)


def whole_of(form: str, flags: str) -> str:
    return rf"^(?:{form})$" if "m" in flags else rf"\A(?:{form})\Z"


@_on_text("replaceMatches", 2, 3)
def _replace_matches(value: str, form: str, new: str, flags: str = "") -> str:
    if not form:
        return value
    template = re.sub(r"\\(?![\\$])", r"\\\\", new)
    template = re.sub(r"(?<!\\)\$(?:(\d+)|\{(\w+)\})", lambda m: rf"\g<{m[1] or m[2]}>", template).replace("\\$", "$")
    return pattern(form, flags).sub(template, value)


@_on_text("split", 1)
def _split(value: str, separator: str) -> list:
    return value.split(separator) if separator else list(value)


@function("substring", 1, 2)
def _substring(context: Context, items: list, start: list, length: list | None = None) -> list:
    value, first = text(items), whole(start, "the start")
    if value is None or first is None or not 0 <= first < len(value):
        return []
    count = whole(length, "the length") if length is not None else None
    return [value[first:] if count is None else value[first : first + max(count, 0)]]


@function("join", 0, 1)
def _join(context: Context, items: list, separator: list | None = None) -> list:
    """All pieces of text in one; nothing joined is empty text."""
    values = [system(item) for item in items]
    words = [value for value in values if not (isinstance(value, Node) and value.value is None)]
    if any(not isinstance(word, str) for word in words):
        raise Mistake("join() takes text only.")
    return [(text(separator, "the separator") or "" if separator else "").join(words)]


@_on_text("encode", 1)
def _encode(value: str, form: str) -> str | list:
    data = value.encode()
    if form == "hex":
        return data.hex()
    encoders = {"base64": base64.b64encode, "urlbase64": base64.urlsafe_b64encode}
    return encoders[form](data).decode() if form in encoders else []


@_on_text("decode", 1)
def _decode(value: str, form: str) -> str | list:
    decoders: dict[str, Callable[[str], bytes]] = {
        "hex": bytes.fromhex,
        "base64": lambda given: base64.b64decode(given, validate=True),
        "urlbase64": base64.urlsafe_b64decode,
    }
    try:
        return decoders[form](value).decode() if form in decoders else []
    except (ValueError, binascii.Error):
        raise Mistake(f"The text is not {form}.") from None


@_on_text("escape", 1)
def _escape(value: str, form: str) -> str | list:
    if form == "html":
        return html.escape(value).replace("&#x27;", "&#39;")
    return json.dumps(value, ensure_ascii=False)[1:-1] if form == "json" else []


@_on_text("unescape", 1)
def _unescape(value: str, form: str) -> str | list:
    if form == "html":
        return html.unescape(value)
    if form != "json":
        return []
    return _JSON_ESCAPE.sub(lambda found: json.loads(f'"{found[0]}"'), value)
