"""Making one file of two, and undoing it.

Every foreign key to a family, an adult or a participant has a fate, said once by `fate(model, field, Fate…)`: here for
the tables of this area, in `backoffice.fates` for all others. A key whose fate nobody said refuses the merge as soon as
a row holds it: nothing is lost in silence.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction

from preau.accounts.models import User
from preau.core.dates import local_day
from preau.families.merged_values import NOTHING_TAKEN, MergeRefused, Step, Taken, put_value_back, take_values
from preau.families.models import Adult, Family, Home, Merge, Participant, ToldApart
from preau.families.searching import refile
from preau.journal import actions as journal


class Fate(StrEnum):
    """What becomes of the rows that point at what goes away."""

    MOVES = "moves"  # or the merge is refused, when the two cannot both be
    MOVES_OR_STAYS = "moves_or_stays"
    MOVES_OR_FALLS = "moves_or_falls"  # the row that cannot move is deleted; undoing puts it back
    STAYS = "stays"
    REFUSES = "refuses"


FATES: dict[tuple[str, str], Fate] = {}


def fate(model: str, field_name: str, becomes: Fate) -> None:
    """Say what becomes of the rows of `model` ("area.Model") that point at what goes away by this field."""
    FATES[model, field_name] = becomes


for _model, _field, _fate in (
    ("families.Family", "merged_into", Fate.MOVES),
    ("families.FileNumber", "family", Fate.MOVES_OR_STAYS),
    ("families.Address", "family", Fate.STAYS),
    ("families.Adult", "family", Fate.MOVES),
    ("families.Home", "family", Fate.MOVES_OR_FALLS),
    ("families.Custody", "home_a", Fate.MOVES),
    ("families.Custody", "home_b", Fate.MOVES),
    ("families.CustodyException", "home", Fate.MOVES),
    ("families.FileNote", "family", Fate.MOVES),
    ("families.FileWord", "family", Fate.STAYS),
    ("families.FileWord", "adult", Fate.STAYS),
    ("families.FileTrait", "family", Fate.STAYS),
    ("families.FileTrait", "participant", Fate.STAYS),
    ("families.ToldApart", "one", Fate.STAYS),
    ("families.ToldApart", "other", Fate.STAYS),
    ("families.Merge", "kept", Fate.STAYS),
    ("families.Merge", "gone", Fate.STAYS),
    ("families.Participant", "adult", Fate.MOVES),
    ("families.Guardianship", "adult", Fate.MOVES_OR_STAYS),
    ("families.Consent", "adult", Fate.MOVES),
    ("families.Home", "participant", Fate.MOVES_OR_FALLS),
    ("families.Schooling", "participant", Fate.MOVES_OR_STAYS),
    ("families.Guardianship", "participant", Fate.MOVES_OR_STAYS),
    ("families.Custody", "participant", Fate.MOVES_OR_STAYS),
    ("families.Consent", "participant", Fate.MOVES),
):
    fate(_model, _field, _fate)


@dataclass(frozen=True, slots=True)
class SamePeople:
    """Who, of the file that goes away, is somebody of the file that is kept: by keys, paired by hand."""

    adults: Mapping[int, int] = field(default_factory=dict)  # gone → kept
    participants: Mapping[int, int] = field(default_factory=dict)


@transaction.atomic
def merge_files(
    *,
    kept: Family,
    gone: Family,
    same: SamePeople,
    taken: Taken = NOTHING_TAKEN,
    reason: str,
    by: User,
    now: dt.datetime,
) -> Merge:
    """Make one file of two: people, bookings and requests go to `kept`; what was issued stays with `gone`, archived.
    What `gone` is right about is `taken` from it.

    Raises MergeRefused.
    """
    files = {file.pk: file for file in Family.objects.select_for_update().filter(pk__in=[kept.pk, gone.pk])}
    if len(files) != 2 or any(file.archived_at for file in files.values()):
        raise MergeRefused("L’un des deux dossiers est archivé ou déjà réuni à un autre.")
    _check(kept, gone, same)
    steps = take_values(kept, gone, same.adults, same.participants, taken, on=local_day(now))
    for old, new in same.participants.items():
        steps += _repoint(Participant, old, new, same)
    for old, new in same.adults.items():
        steps += _give_account(old, new)
        steps += _repoint(Adult, old, new, same)
    steps += _repoint(Family, gone.pk, kept.pk, same)
    Family.objects.filter(pk=gone.pk).update(archived_at=now, merged_into=kept)
    steps = json.loads(json.dumps(steps, cls=DjangoJSONEncoder))
    merge = Merge.objects.create(kept=kept, gone=gone, reason=reason, steps=steps, by=by, at=now)
    _note(merge, by, now)
    return merge


@transaction.atomic
def undo_merge(*, merge: Merge, by: User, now: dt.datetime) -> list[str]:
    """Put each row back where it was. The caller has seen to it that nothing was billed since. Returns what was written
    since, and stays as it is; raises MergeRefused when a row has changed hands since."""
    locked = Merge.objects.select_for_update().get(pk=merge.pk)
    if locked.undone_at is not None:
        return []
    if not locked.steps and not locked.reason:  # see forgetting
        raise MergeRefused("Les données de ce dossier ont été effacées\u00a0: la réunion reste.")
    if Merge.objects.filter(kept__in=[locked.kept_id, locked.gone_id], at__gt=locked.at, undone_at=None).exists():
        raise MergeRefused("Un autre dossier a été réuni à celui-ci depuis. Annulez d’abord cette réunion-là.")
    Family.objects.filter(pk=locked.gone_id).update(archived_at=None, merged_into=None)
    left = [told for step in reversed(locked.steps) if (told := _put_back(step))]
    Merge.objects.filter(pk=locked.pk).update(undone_at=now, undone_by=by)
    _note(locked, by, now, undone=True)
    return left


def _note(merge: Merge, by: User, now: dt.datetime, *, undone: bool = False) -> None:
    refile(merge.kept_id, merge.gone_id)
    for family, other in ((merge.kept, merge.gone), (merge.gone, merge.kept)):
        journal.record(
            by,
            "families.merge_undone" if undone else "families.merged",
            at=now,
            subject=merge.code,
            family=family.code,
            facts={"other": other.code},
        )


def _check(kept: Family, gone: Family, same: SamePeople) -> None:
    """The pairs are of these two files, and no one is paired twice."""
    adults = dict(Adult.objects.filter(family__in=[kept, gone]).values_list("pk", "family"))
    homes = set(Home.objects.filter(family__in=[kept, gone]).values_list("participant", "family"))
    are_here = all(
        adults.get(old) == gone.pk and adults.get(new) == kept.pk for old, new in same.adults.items()
    ) and all(
        (old, gone.pk) in homes and (new, kept.pk) in homes and old != new for old, new in same.participants.items()
    )
    once = all(len(set(pairs.values())) == len(pairs) for pairs in (same.adults, same.participants))
    if not (are_here and once):
        raise MergeRefused("Une personne est appariée deux fois, ou n’est plus dans ces dossiers. Relisez la page.")


def _give_account(old: int, new: int) -> list[Step]:
    """The account follows the person."""
    user = Adult.objects.get(pk=old).user_id
    if user is None:
        return []
    if Adult.objects.get(pk=new).user_id is not None:
        raise MergeRefused("Les deux adultes ont un compte. Fermez l’un des deux comptes, ou gardez-les séparés.")
    Adult.objects.filter(pk=old).update(user=None)
    Adult.objects.filter(pk=new).update(user=user)
    return [{"account": user, "old": old, "new": new}]


def keys_to(target: type[models.Model]) -> Iterable[tuple[type[models.Model], str]]:
    """Every foreign key to a table: the model that holds it, and the name of its field."""
    for model in apps.get_models():
        for each in model._meta.concrete_fields:
            if each.remote_field and each.remote_field.model is target:
                yield model, each.name


def _repoint(target: type[models.Model], old: int, new: int, same: SamePeople) -> list[Step]:
    """Point at `new` whatever pointed at `old`, each key as its fate says; those who are somebody of the file that is
    kept stay, with what is theirs."""
    steps: list[Step] = []
    for model, name in keys_to(target):
        rows = model._default_manager.filter(**{name: old})
        if target is Family and model is Adult:
            rows = rows.exclude(pk__in=list(same.adults))
        elif target is Family and any(each.name == "adult" for each in model._meta.concrete_fields):
            rows = rows.exclude(adult__in=list(same.adults))
        elif target is Adult and model is Participant:
            rows = rows.exclude(pk__in=list(same.participants))
        becomes = FATES.get((model._meta.label, name), Fate.REFUSES)
        if becomes == Fate.STAYS:
            continue
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        if keys and becomes == Fate.REFUSES:
            raise MergeRefused(f"Ce dossier a des données qui ne se réunissent pas\u00a0: {model._meta.verbose_name}.")
        steps += _move(model, name, keys, old, new, becomes)
    return steps


def _move(model: type[models.Model], name: str, keys: list[int], old: int, new: int, becomes: Fate) -> list[Step]:
    """All at once if they can; else one by one, and those that cannot as their fate says."""
    moved: list[int] = []
    steps: list[Step] = []
    if _moves(model, name, keys, new):
        moved = keys
    else:
        for key in keys:
            if _moves(model, name, [key], new):
                moved.append(key)
            elif becomes == Fate.MOVES:
                what = model._meta.verbose_name
                raise MergeRefused(f"Les deux dossiers se contredisent\u00a0: {what}. Réglez cela d’abord.")
            elif becomes == Fate.MOVES_OR_FALLS:
                rows = model._default_manager.filter(pk=key)
                steps.append({"model": model._meta.label, "fell": rows.values().get()})
                rows.delete()
    if moved:
        steps.append({"model": model._meta.label, "field": name, "rows": moved, "old": old, "new": new})
    return steps


def _moves(model: type[models.Model], name: str, keys: list[int], new: int) -> bool:
    try:
        with transaction.atomic():
            model._default_manager.filter(pk__in=keys).update(**{name: new})
    except IntegrityError:
        return False
    return True


def _put_back(step: Step) -> str:
    """What was written since and stays, in words; "" once the step is undone."""
    if "account" in step:
        return _give_account_back(step)
    if "now" in step:
        return put_value_back(step)
    model = apps.get_model(step["model"])
    if "fell" in step:
        try:
            with transaction.atomic():
                model(**step["fell"]).save(force_insert=True)
        except IntegrityError:
            return str(model._meta.verbose_name)
        return ""
    rows = model._default_manager.filter(pk__in=step["rows"], **{step["field"]: step["new"]})
    if rows.count() != len(step["rows"]):
        raise MergeRefused(f"Des lignes ont changé depuis\u00a0: {model._meta.verbose_name}. La réunion reste.")
    rows.update(**{step["field"]: step["old"]})
    return ""


def _give_account_back(step: Step) -> str:
    """Unless it left the person meanwhile, or they have another."""
    old = Adult.objects.get(pk=step["old"])
    if old.user_id is not None or not Adult.objects.filter(pk=step["new"], user=step["account"]).update(user=None):
        return f"le compte de {old}"
    Adult.objects.filter(pk=old.pk).update(user=step["account"])
    return ""


@transaction.atomic
def tell_apart(*, one: Family, other: Family, by: User, now: dt.datetime) -> None:
    """These two files are two families, however alike they look."""
    first, second = sorted((one, other), key=lambda file: file.pk)
    _, is_new = ToldApart.objects.get_or_create(one=first, other=second, defaults={"by": by, "at": now})
    for file, twin in ((one, other), (other, one)) if is_new else ():
        facts = {"other": twin.code}
        journal.record(by, "families.told_apart", at=now, subject=file.code, family=file.code, facts=facts)


@transaction.atomic
def forget_told_apart(*, one: Family, other: Family, by: User, now: dt.datetime) -> None:
    """They may be one family after all."""
    first, second = sorted((one, other), key=lambda file: file.pk)
    gone, _ = ToldApart.objects.filter(one=first, other=second).delete()
    for file, twin in ((one, other), (other, one)) if gone else ():
        facts = {"other": twin.code}
        journal.record(by, "families.told_apart_undone", at=now, subject=file.code, family=file.code, facts=facts)
