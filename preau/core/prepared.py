"""Statements built once and run many times: building one takes Django longer than running it takes the database."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import AutoField, Model, QuerySet

Build = Callable[..., QuerySet[Any, Any]]
Single = int | dt.date
STAND_IN = 2_000_000_000  # fits every integer column, and no constant of a query looks like it
OLD_DAY = dt.date(1900, 1, 1)


class Prepared:
    """A query of values, kept as SQL for each length of its lists.

    `build` makes it from values given by name: whole numbers, days, or lists of either. It may only hand them on to
    lookups: it never sees the real ones. Lists are short: a page's children, not a campaign's.
    """

    def __init__(self, build: Build) -> None:
        self.build = build
        self.kept: dict[tuple[object, ...], _Statement] = {}

    def rows(self, **values: Single | Collection[Single]) -> list[tuple[Any, ...]]:
        """The rows, as `values_list` gives them."""
        flat = dict(_flatten(values))
        shape = (connection.vendor, *flat)
        statement = self.kept.get(shape)
        if statement is None:
            statement = self.kept[shape] = _Statement(self.build, values)
        return statement.rows(flat)


def _flatten(values: Mapping[str, Single | Collection[Single]]) -> Iterator[tuple[tuple[str, int], Single]]:
    """Each value, by its name and its place in its list."""
    for name, value in values.items():
        if isinstance(value, int | dt.date):
            yield (name, -1), value
        else:
            yield (name, 0), 0  # so that an empty list has a shape too
            for place, one in enumerate(value, start=1):
                yield (name, place), one


class _Statement:
    """The SQL of a query, and which of its parameters stand in for the real ones."""

    def __init__(self, build: Build, values: Mapping[str, Single | Collection[Single]]) -> None:
        fakes: dict[str, Any] = {}
        names: dict[object, tuple[str, int]] = {}
        for (name, place), value in _flatten(values):
            number = len(names)
            fake = OLD_DAY + dt.timedelta(days=number) if isinstance(value, dt.date) else STAND_IN + number
            names[fake] = names[str(fake)] = (name, place)
            if place < 0:
                fakes[name] = fake
            elif place == 0:
                fakes[name] = []
            else:
                fakes[name].append(fake)
        self.compiler = build(**fakes).query.get_compiler(connection=connection)
        try:
            self.sql, self.given = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql, self.given = "", ()
            return
        self.names = [names.get(value) if isinstance(value, int | dt.date | str) else None for value in self.given]
        columns = [column for column, *_ in self.compiler.select[: self.compiler.col_count]]
        self.converters = self.compiler.get_converters(columns)

    def rows(self, values: dict[tuple[str, int], Single]) -> list[tuple[Any, ...]]:
        if not self.sql:
            return []
        real = [
            value if name is None else _like(value, values[name])
            for value, name in zip(self.given, self.names, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, real)
            found = cursor.fetchall()
        return [tuple(row) for row in self.compiler.apply_converters(found, self.converters)]


def _like(adapted: Any, value: Single) -> Any:
    """`value` in the form that the database's adapter gave to its stand-in."""
    if isinstance(value, dt.date):
        return value.isoformat() if isinstance(adapted, str) else value
    return type(adapted)(value)


def insert(row: Model, *, unless_known: bool = False) -> None:
    """Insert a row that nobody needs to read back. `unless_known` does nothing when a unique constraint refuses it.

    Raises IntegrityError. No signal is sent, and a key that the database gives stays unknown here.
    """
    sql, fields = _insert(type(row), unless_known)
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@cache
def _insert(model: type[Model], unless_known: bool) -> tuple[str, list[Any]]:
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, AutoField)]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    ending = " ON CONFLICT DO NOTHING" if unless_known else ""
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({places}){ending}", fields  # noqa: S608 (our own names)
