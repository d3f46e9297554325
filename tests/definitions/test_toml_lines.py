"""Every table, key and element of a list is found on its line, however it is written."""

import pytest

from throughcare.definitions.toml_lines import line_at, lines_of

TEXT = '''# a comment with [brackets] and = signs
title = "has # and [ and = inside"   # and a comment

[plain]
a.b = 1
"quoted.key" = 2
long = """
[not.a.table]
key = "not a key"
"""

[[set]]
id = "one"

[[set.sum]]
id = "first"

[[set.sum]]
id = "second"

[[set]]
id = "two"
choose = [
  { if = "a, b", then = 1 },   # , comment
  # a line between

  { else = 2 } ]
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("plain",), 4),
        (("plain", "a", "b"), 5),
        (("plain", "quoted.key"), 6),
        (("plain", "long"), 7),
        (("set", 0), 12),
        (("set", 0, "id"), 13),
        (("set", 0, "sum", 0), 15),
        (("set", 0, "sum", 1, "id"), 19),
        (("set", 1, "id"), 22),
        (("set", 1, "choose"), 23),
        (("set", 1, "choose", 0), 24),
        (("set", 1, "choose", 1), 27),
    ],
)
def test_each_thing_is_on_its_line(path: tuple[str | int, ...], line: int) -> None:
    assert lines_of(TEXT)[path] == line


def test_what_has_no_line_of_its_own_is_where_its_surroundings_are() -> None:
    assert line_at(lines_of(TEXT), ("set", 1, "choose", 1, "else")) == 27
    assert line_at(lines_of(TEXT), ("set", 1, "nowhere")) == 21
    assert line_at(lines_of(TEXT), ("nowhere",)) == 1
