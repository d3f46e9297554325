"""What Spark has worked out: kept by name, read by those that come later, in pieces where rows grow by columns."""

from collections.abc import Iterator

import pyarrow as pa
import pytest

from throughcare.faults import Fault
from throughcare.stores.spark import READ, Thinker

pytest.importorskip("pyspark", reason="Spark is not installed: install the extra spark, and Java 17.")


@pytest.fixture(scope="module")
def thinker() -> Iterator[Thinker]:
    with Thinker({}, memory="1g") as made:
        made.give("t", pa.table({"$n": [2, 0, 1], "a": [20, 0, 10]}))
        made.keep("t.1", "SELECT r.`$n`, r.`a` + 1 AS `b` FROM `t` AS r WHERE r.`a` IS NOT NULL", onto="t")
        made.keep("t.2", "SELECT r.`$n`, r.`b` + 1 AS `c` FROM `t.1` AS r", onto="t.1")
        yield made


def test_what_stands_beside_rows_is_put_to_them_by_their_number(thinker: Thinker) -> None:
    assert thinker.table("t.2").to_pydict() == {"$n": [0, 1, 2], "a": [0, 10, 20], "b": [1, 11, 21], "c": [2, 12, 22]}


def test_what_stands_beside_rows_is_all_that_is_written(thinker: Thinker) -> None:
    written = [set(piece.frame.columns) for piece in thinker._kept["t.2"]]
    assert written == [{"$n", "a"}, {"$n", "b"}, {"$n", "c"}]


def test_a_statement_reads_columns_of_several_pieces(thinker: Thinker) -> None:
    thinker.keep("sums", "SELECT SUM(x.`a`) AS `a`, SUM(x.`c`) AS `c` FROM `t` AS r JOIN `t.2` AS x ON x.`a` = r.`a`")
    assert thinker.table("sums").to_pydict() == {"a": [30], "c": [36]}


def test_a_statement_reads_every_column_where_it_names_none(thinker: Thinker) -> None:
    thinker.keep("all", "SELECT * FROM `t.2` AS r")
    assert set(thinker.table("all").column_names) == {"$n", "a", "b", "c"}
    thinker.keep("many", "SELECT COUNT(*) AS `n` FROM `t.2` AS r")
    assert thinker.table("many").to_pydict() == {"n": [3]}


def test_no_row_is_kept_with_its_columns_without_being_worked_out(thinker: Thinker) -> None:
    sql = "SELECT r.`a` / (r.`a` - r.`a`) AS `x`, 'y' AS `y` FROM `t` AS r"  # its rows would be a fault
    thinker.keep_none("none", sql)
    assert thinker.rows("none") == 0 and thinker.table("none").column_names == ["x", "y"]
    thinker.keep("of none", "SELECT COUNT(r.`x`) AS `n` FROM `none` AS r")
    assert thinker.table("of none").to_pydict() == {"n": [0]}
    with pytest.raises(Fault, match="could not work out some"):
        thinker.keep("some", sql)


def test_rows_given_again_take_the_place_of_those_before(thinker: Thinker) -> None:
    for rows in ([1, 2], [3]):
        thinker.give("again", pa.table({"a": rows}))
        thinker.keep("of again", "SELECT r.`a` FROM `again` AS r")
        assert thinker.table("of again").to_pydict() == {"a": rows}
    assert thinker.rows("of again") == 1


def test_what_a_statement_reads_is_told_from_its_words() -> None:
    assert READ.findall("SELECT `a` FROM `t.1` AS r LEFT JOIN `u v` AS x ON x.`from` = r.`join`") == ["t.1", "u v"]
