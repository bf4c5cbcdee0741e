"""« Mes coordonnées » and the identity of a child as their pages show them: what holds, and what waits for an agent."""

import datetime as dt
from dataclasses import dataclass

from preau.accounts.models import User
from preau.core.dates import age_on
from preau.demarches.choices import FieldState
from preau.demarches.file_fields import ADDRESS, Target, Value, fields_of, live_values, told
from preau.demarches.models import FieldChange
from preau.families.models import Address, Adult, Family, Participant
from preau.town.queries import file_fields


@dataclass(frozen=True, slots=True)
class Asked:
    """A value that waits for an agent; `starts_on` is the day from which an address would hold. `url_code` is the
    démarche of whoever may open it."""

    value: Value
    text: str
    starts_on: dt.date | None
    code: str
    is_mine: bool
    state: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field of the file that the town shows."""

    code: str
    label: str
    value: Value
    text: str
    is_required: bool
    is_checked: bool
    asked: Asked | None

    @property
    def wanted(self) -> Value:
        """What a form starts from: what this person already asked for, else what holds."""
        return self.asked.value if self.asked and self.asked.is_mine else self.value


def rows_of(target: Target, user: User, *, on: dt.date, reads_others: bool = True) -> dict[str, FieldRow]:
    """The fields of a household, an adult or a child that the town shows, by code. Of what another adult asked, the
    value is read only if `reads_others`; that something waits is told in any case. Three queries."""
    about = {
        "family" if isinstance(target, Family) else "adult" if isinstance(target, Adult) else "participant": target
    }
    waiting = FieldChange.objects.filter(**about, state=FieldState.PENDING).select_related("change__demarche")
    pending = {row.field: row for row in waiting}
    rules, live = file_fields(), live_values(target, on=on)
    rows = {}
    for field in fields_of(target):
        rule = rules[field.code]
        if rule.is_shown:
            value = live[field.code]
            asked = _asked(pending.get(field.code), user, reads_others=reads_others)
            text = told(field.code, value)
            rows[field.code] = FieldRow(field.code, rule.label, value, text, rule.is_required, rule.is_checked, asked)
    return rows


TEENAGER = 12
"""Years: from then on a child may have an e-mail and a number of their own in the file."""
OF_TEENAGERS = ("child-email", "child-phone")


def child_rows(child: Participant, user: User, *, on: dt.date) -> dict[str, FieldRow]:
    """The fields of a child: their own e-mail and number from TEENAGER on. What the other household asks is its own."""
    rows = rows_of(child, user, on=on, reads_others=False)
    is_shown = is_teenager(child, on=on)
    return {code: row for code, row in rows.items() if is_shown or code not in OF_TEENAGERS}


def is_teenager(child: Participant, *, on: dt.date) -> bool:
    """Whether they may have an e-mail and a number of their own in the file."""
    return age_on(child.born_on, on) >= TEENAGER


def _asked(row: FieldChange | None, user: User, *, reads_others: bool) -> Asked | None:
    if row is None:
        return None
    demarche, is_mine = row.change.demarche, row.change.demarche.asked_by_id == user.pk
    is_read = is_mine or reads_others
    return Asked(
        value=row.new if is_read else "",
        text=(told(row.field, row.new) or "(retiré)") if is_read else "",
        starts_on=row.change.starts_on if row.field == ADDRESS and is_read else None,
        code=demarche.code,
        is_mine=is_mine,
        state=demarche.state,
    )


def address_to_come(family: Family, *, on: dt.date) -> Address | None:
    """The next address of the household, which already is in the file and does not hold yet."""
    return Address.objects.filter(family=family, starts_on__gt=on).order_by("starts_on").first()
