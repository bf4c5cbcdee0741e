"""Each forbidden write is refused, by the constraint that must; a constraint without a case fails the last test."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import BaseConstraint, CheckConstraint, Model, UniqueConstraint

from tests.forbidden_writes import (
    test_documents,
    test_families,
    test_health,
    test_members,
    test_money,
    test_places,
    test_privacy,
    test_town,
    test_ways,
)
from tests.forbidden_writes.given import CASES, Base, Case

pytestmark = pytest.mark.django_db

PARTS = (
    test_documents,
    test_places,
    test_families,
    test_money,
    test_health,
    test_privacy,
    test_town,
    test_ways,
    test_members,
)  # reading them has registered their cases


def constraints() -> dict[str, tuple[type[Model], BaseConstraint]]:
    return {
        constraint.name: (model, constraint)
        for model in apps.get_models()
        if model.__module__.startswith("preau.")
        for constraint in model._meta.constraints
    }


def words_of(refused_by: str) -> list[str]:
    """What the message of the engine must hold: SQLite names the columns of a unique constraint, not the constraint."""
    model, constraint = constraints().get(refused_by, (None, None))
    if connection.vendor == "sqlite" and model and isinstance(constraint, UniqueConstraint) and constraint.fields:
        fields = [model._meta.get_field(name) for name in constraint.fields]
        return [f"{model._meta.db_table}.{field.column}" for field in fields]  # type: ignore[union-attr]
    return [refused_by]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.what} ({case.refused_by})")
def test_the_database_refuses(case: Case) -> None:
    base = Base()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        case.write(base)
    for word in words_of(case.refused_by):
        assert word in str(refused.value)


ROWS_THAT_ARE_LEANT_ON: list[Callable[[Base], Model]] = [
    lambda base: base.booking.participant,
    lambda base: base.booking.unit,
    lambda base: base.booking.group,
    lambda base: base.slot,
    lambda base: base.enrolment.activity,
    lambda base: base.invoice.payer,
    lambda base: base.invoice.regie,
    lambda base: base.line.invoice,
    lambda base: base.payment.attempt,  # type: ignore[list-item,return-value]
]


@pytest.mark.parametrize("leant_on", ROWS_THAT_ARE_LEANT_ON)
def test_nothing_is_deleted_under_what_leans_on_it(leant_on: Callable[[Base], Model]) -> None:
    row = leant_on(Base())
    with pytest.raises(IntegrityError), transaction.atomic():
        delete_straight(row)


def delete_straight(row: Model) -> None:
    """Past Django's own cascade, checked now rather than at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {row._meta.db_table} WHERE {row._meta.pk.column} = %s", [row.pk])
    connection.check_constraints()


def test_every_constraint_has_its_forbidden_write() -> None:
    promised = {name for name, (_, one) in constraints().items() if isinstance(one, CheckConstraint | UniqueConstraint)}
    assert promised - {case.refused_by for case in CASES} == set()
