"""Spark thinks when one machine is not enough: tables in, statements kept one upon the other, tables out.

What a statement answers is written down as Parquet and read from there by later ones, so that nothing is worked out
twice and no plan grows beyond one statement. What stands beside earlier rows is a piece of its own, so that these are
never written again: who reads them is given the pieces that have its columns. Needs the extra `spark`, and Java 17.
"""

import re
import shutil
import tempfile
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from throughcare.faults import Fault, Unavailable

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.constraintPropagation.enabled": "false",  # its cost grows with the square of the columns
    "spark.sql.autoBroadcastJoinThreshold": "-1",  # a broadcast keeps a megabyte until its plan is forgotten
    "spark.buffer.pageSize": "1m",  # each of many joins takes at least one, however few its rows are
    "spark.sql.adaptive.enabled": "false",  # it would plan each of many small statements again and again
    "spark.sql.debug.maxToStringFields": "20",
    "spark.sql.maxPlanStringLength": "2000",
    "spark.sql.codegen.wholeStage": "false",  # compiling many wide statements costs more than running them
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.ui.enabled": "false",
    "spark.sql.ui.retainedExecutions": "1",  # what nobody will look at: plans of a thousand columns fill the memory
    "spark.ui.retainedJobs": "1",
    "spark.ui.retainedStages": "1",
    "spark.ui.retainedTasks": "1",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}
NUMBER = "$n"  # the column by which rows that stand beside each other are found
READ = re.compile(r"(?<!DISTINCT )\b(?:FROM|JOIN) `([^`]+)`")  # IS DISTINCT FROM is about a column


@dataclass(frozen=True, slots=True)
class Piece:
    """Columns that were worked out together, for all rows of a relation."""

    place: Path
    frame: Any  # pyspark's DataFrame
    rows: int

    def table(self) -> pa.Table:
        return pq.read_table(self.place) if self.rows else self.frame.toArrow()


class Thinker:
    """One Spark session, and a folder for what it has worked out. Threads may work out statements side by side."""

    def __init__(
        self, variables: dict[str, str], *, master: str = "local[2]", memory: str = "6g", pieces: int = 1
    ) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise Unavailable("Spark is not installed.", do="Install throughcare with its extra: spark.") from error
        self._place = Path(tempfile.mkdtemp(prefix="throughcare-spark-"))
        built = SparkSession.builder.master(master).appName("throughcare").config("spark.driver.memory", memory)
        for name, value in {**SETTINGS, "spark.sql.shuffle.partitions": str(pieces)}.items():
            built = built.config(name, value)
        self._spark: Any = built.config("spark.sql.warehouse.dir", str(self._place / "warehouse")).getOrCreate()
        self._spark.sparkContext.setLogLevel("OFF")
        self._kept: dict[str, list[Piece]] = {}
        for name, sql in variables.items():
            self._spark.sql(f"declare or replace variable {name} = {sql}")

    def give(self, name: str, table: pa.Table) -> None:
        """Make a table readable by its name; the same name again replaces its rows."""
        place = self._fresh(name)
        place.mkdir()
        pq.write_table(table, place / "given.parquet")
        self._readable(name, place, self._spark.read.parquet(str(place)), table.num_rows)

    def keep(self, name: str, sql: str, onto: str = "") -> None:
        """Work a statement out and keep it by its name; with `onto`, beside the rows that are kept there."""
        place = self._fresh(name)
        try:
            frame = self._asked(name, sql)
            frame.write.parquet(str(place))
        except Exception as error:
            raise Fault(
                f"Spark could not work out {name}.",
                why="The definition was accepted but could not be run there.",
                do="Report the care model and this message; Spark's words are in the log.",
            ) from error
        rows = sum(pq.read_metadata(part).num_rows for part in place.glob("*.parquet"))
        self._readable(name, place, self._spark.read.schema(frame.schema).parquet(str(place)), rows, onto)

    def keep_none(self, name: str, sql: str, onto: str = "") -> None:
        """Keep by its name that a statement, whose columns are found out, answers no row."""
        place = self._fresh(name)
        place.mkdir()
        frame = self._spark.read.schema(self._asked(name, sql).schema).parquet(str(place))
        self._readable(name, place, frame, 0, onto)

    def rows(self, name: str) -> int:
        """How many rows are kept by a name."""
        return self._kept[name][0].rows

    def table(self, name: str) -> pa.Table:
        """What is kept by a name; rows that others stand beside in the order of their numbers."""
        first, *more = [piece.table() for piece in self._kept[name]]
        if not more:
            return first
        first, *more = [table.sort_by(NUMBER) for table in (first, *more)]
        columns = {n: c for table in (first, *more) for n, c in zip(table.column_names, table.columns, strict=True)}
        return pa.table(columns)

    def close(self) -> None:
        self._spark.stop()
        shutil.rmtree(self._place, ignore_errors=True)

    def _asked(self, name: str, sql: str) -> Any:
        """A statement as a frame; where it reads rows of several pieces, those that have the columns it names."""
        several = {read for read in READ.findall(sql) if len(self._kept.get(read, ())) > 1}
        for read in several:
            joined = _joined(self._kept[read], sql if f"* FROM `{read}`" not in sql else "")
            joined.createOrReplaceTempView(f"`{read}/{name}`")
        return self._spark.sql(READ.sub(lambda m: m[0][:-1] + f"/{name}`" if m[1] in several else m[0], sql))

    def _fresh(self, name: str) -> Path:
        """A folder for what is kept by this name from now on."""
        if old := self._kept.pop(name, None):
            shutil.rmtree(old[-1].place, ignore_errors=True)
        return Path(tempfile.mkdtemp(dir=self._place)) / "kept"

    def _readable(self, name: str, place: Path, frame: Any, rows: int, onto: str = "") -> None:
        """No row is said to be none, so that what reads it is planned without it."""
        frame = frame if rows else frame.where("false")
        if not onto:
            frame.createOrReplaceTempView(f"`{name}`")
        self._kept[name] = [*(self._kept[onto] if onto else []), Piece(place, frame, rows)]

    def __enter__(self) -> "Thinker":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _joined(pieces: list[Piece], sql: str) -> Any:
    """Pieces side by side, those of their columns that a statement names; all of them when it names none."""
    chosen = []
    for piece in pieces:
        columns = [c for c in piece.frame.columns if c != NUMBER and (not sql or f"`{c}`" in sql)]
        if columns:
            chosen.append(piece.frame.select(*(f"`{c}`" for c in (NUMBER, *columns))))
    while len(chosen) > 1:  # by pairs: one after the other would copy the first columns as often as there are pieces
        chosen = [reduce(lambda a, b: a.join(b, NUMBER), chosen[nth : nth + 2]) for nth in range(0, len(chosen), 2)]
    return chosen[0] if chosen else pieces[0].frame
