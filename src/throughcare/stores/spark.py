"""Spark thinks when one machine is not enough: tables in, statements kept one upon the other, tables out.

What a statement answers is written down as Parquet and read from there by later ones, so that nothing is worked out
twice and no plan grows beyond one statement. Needs the extra `spark`, and Java 17.
"""

import shutil
import tempfile
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
    "spark.sql.adaptive.enabled": "false",  # it would plan each of many small statements again and again
    "spark.sql.debug.maxToStringFields": "20",
    "spark.sql.maxPlanStringLength": "2000",
    "spark.sql.codegen.wholeStage": "false",  # compiling many wide statements costs more than running them
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}
NUMBER = "$n"  # the column by which rows that stand beside each other are found


class Thinker:
    """One Spark session, and a folder for what it has worked out."""

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
        self._kept: dict[str, Path] = {}
        self._frames: dict[str, Any] = {}
        for name, sql in variables.items():
            self._spark.sql(f"declare or replace variable {name} = {sql}")

    def give(self, name: str, table: pa.Table) -> None:
        """Make a table readable by its name; the same name again replaces its rows."""
        place = self._fresh(name)
        place.mkdir()
        pq.write_table(table, place / "given.parquet")
        self._readable(name, place, self._spark.read.parquet(str(place)))

    def keep(self, name: str, sql: str, onto: str = "") -> None:
        """Work a statement out and keep it by its name; with `onto`, beside the rows that are kept there."""
        place = self._fresh(name)
        try:
            frame = self._spark.sql(sql)
            if onto:
                frame = self._frames[onto].join(frame, NUMBER)
            frame.write.parquet(str(place))
        except Exception as error:
            raise Fault(
                f"Spark could not work out {name}.",
                why="The definition was accepted but could not be run there.",
                do="Report the care model and this message; Spark's words are in the log.",
            ) from error
        self._readable(name, place, self._spark.read.schema(frame.schema).parquet(str(place)))

    def table(self, name: str) -> pa.Table:
        """What is kept by a name."""
        return pq.read_table(self._kept[name])

    def close(self) -> None:
        self._spark.stop()
        shutil.rmtree(self._place, ignore_errors=True)

    def _fresh(self, name: str) -> Path:
        """A folder for what is kept by this name from now on."""
        if old := self._kept.pop(name, None):
            shutil.rmtree(old, ignore_errors=True)
        return Path(tempfile.mkdtemp(dir=self._place)) / "kept"

    def _readable(self, name: str, place: Path, frame: Any) -> None:
        frame.createOrReplaceTempView(f"`{name}`")
        self._kept[name], self._frames[name] = place, frame

    def __enter__(self) -> "Thinker":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
