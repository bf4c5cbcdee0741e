"""Writing many rows at once: one statement on PostgreSQL, one prepared statement on SQLite.

`bulk_create` and `bulk_update` build and check an instance for each row: three times the work for the ten thousand
invoices of a campaign.
"""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

Row = Sequence[int | str | bool | None]


def insert_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows of plain values (days as ISO texts, JSON as text) in the caller's transaction.

    `fields` are attribute names (`payer_id`). Every column without a database default must be there.
    """
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    columns = ", ".join(quote(_column(model, field)) for field in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", list(rows))  # noqa: S608 (our names)


def update_texts(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Sequence[tuple[int, *tuple[str, ...]]],
    *,
    same: Mapping[str, str],
) -> None:
    """Give `fields`, texts, new values row by row, and those of `same` one value in all rows.

    Each row is a primary key, then its values in the order of `fields`.
    """
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    columns = [quote(_column(model, field)) for field in fields]
    common = ", ".join(f"{quote(_column(model, field))} = %s" for field in same)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            moves = ", ".join(f"{column} = given.{column}" for column in columns)
            values = ", ".join(["%s::bigint[]", *["%s::text[]"] * len(columns)])
            given = f"unnest({values}) AS given(pk, {', '.join(columns)})"
            sql = f"UPDATE {table} SET {common}, {moves} FROM {given} WHERE {table}.id = given.pk"  # noqa: S608 (our names)
            cursor.execute(sql, [*same.values(), *(list(column) for column in zip(*rows, strict=True))])
        else:
            moves = ", ".join(f"{column} = %s" for column in columns)
            sql = f"UPDATE {table} SET {common}, {moves} WHERE id = %s"  # noqa: S608 (our names)
            cursor.executemany(sql, [(*same.values(), *row[1:], row[0]) for row in rows])


@contextmanager
def without_collector() -> Iterator[None]:
    """Do work that makes many objects and no cycle: the collector would walk the whole process again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _column(model: type[models.Model], field: str) -> str:
    found: Any = model._meta.get_field(field)
    return str(found.column)
