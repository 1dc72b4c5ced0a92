"""Everything that was kept, lake and store together, as one table to ask questions of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tactful.adapters.lake.columns import SCHEMA, to_table

if TYPE_CHECKING:
    from tactful.adapters.lake.lake import Lake

_COLUMNS: Final = ", ".join(f'"{name}"' for name in SCHEMA.names)
_SECONDS: Final = 'CAST(floor(epoch("at")) AS BIGINT) AS seconds'
_READ: Final = "read_parquet([{}], union_by_name = true, hive_partitioning = false)"


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
    connection = ibis.duckdb.connect(":memory:", temp_directory="")
    fresh = to_table(lake.outflow.rows_of(parts), batch=watermark + 1)
    connection.con.register("fresh", fresh)
    files = [str(path) for paths in lake.table.files().values() for path in paths]
    connection.raw_sql(f"CREATE TEMP VIEW events AS {_everything(files, watermark)}")
    return connection.table("events", database=("temp", "main"))


def _everything(files: list[str], watermark: int) -> str:
    fresh = _from("fresh")
    if not files:
        return fresh
    paths = ", ".join("'" + path.replace("'", "''") + "'" for path in files)
    return f"{fresh} UNION ALL {_from(_READ.format(paths))} WHERE batch <= {watermark}"


def _from(where: str) -> str:
    return f"SELECT {_COLUMNS}, {_SECONDS} FROM {where}"  # noqa: S608 - our own names
