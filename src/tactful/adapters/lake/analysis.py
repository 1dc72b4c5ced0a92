"""Everything that was kept, lake and store together, as one table to ask questions of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tactful.adapters.lake.columns import SCHEMA, to_table

if TYPE_CHECKING:
    from tactful.adapters.lake.lake import Lake

_SECONDS: Final = 'CAST(floor(epoch("at")) AS BIGINT) AS seconds'

_FRESH: Final = f"CREATE TEMP TABLE fresh AS SELECT *, {_SECONDS} FROM fresh_rows"


def events_table(lake: Lake) -> Any:  # noqa: ANN401 - Ibis is not typed
    """
    Return all events as an Ibis table on DuckDB: of the lake, and what it does not hold yet.

    As of this moment; ask again after an erasure, for then files are gone that it reads.  Ask what
    may be counted of it through `tactful.adapters.analytics.permitted` alone.

    Raises:
        LakeTrouble: the lake cannot be read.
    """
    import ibis

    lake.forget()
    watermark, parts = lake.outflow.edge()
    fresh = to_table(lake.outflow.rows_of(parts), batch=watermark + 1)
    connection = ibis.duckdb.connect(":memory:", temp_directory="")
    connection.raw_sql("SET TimeZone = 'UTC'")
    connection.con.register("fresh_rows", fresh)
    connection.raw_sql(_FRESH)
    connection.con.unregister("fresh_rows")
    tables = [connection.table("fresh", database=("temp", "main"))]
    if files := [str(path) for paths in lake.table.files().values() for path in paths]:
        tables.append(connection.sql(_of_files(files, watermark)))
    return ibis.union(*tables) if len(tables) > 1 else tables[0]


def _of_files(files: list[str], watermark: int) -> str:
    names = ", ".join(f'"{name}"' for name in SCHEMA.names)
    paths = ", ".join("'" + path.replace("'", "''") + "'" for path in files)
    read = f"read_parquet([{paths}], union_by_name = true, hive_partitioning = false)"
    return f"SELECT {names}, {_SECONDS} FROM {read} WHERE batch <= {watermark}"  # noqa: S608 - our own names
