"""Writing the journal, and chaining it afterwards."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Min

from preau.core.invariants import invariant
from preau.core.prepared import insert
from preau.journal.models import ChainHead, Cut, Entry

SYSTEM = "system"
CUT = "journal.cut"
START = "0" * 64


class Actor(Protocol):
    """Whoever acts: a user, who knows how the journal names them."""

    @property
    def journal_name(self) -> str: ...


def record(
    by: Actor | None,
    action: str,
    *,
    at: dt.datetime,
    subject: str = "",
    family: str = "",
    participant: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Note `action` in the caller's transaction; `by` None is the system itself. Codes only, never names."""
    entry = Entry(
        at=at,
        actor=by.journal_name if by else SYSTEM,
        action=action,
        subject=subject,
        family=family,
        participant=participant,
        facts=dict(facts or {}),
    )
    insert(entry)


def record_each(
    by: Actor | None, action: str, *, at: dt.datetime, about: Iterable[tuple[str, str]], facts: Mapping[str, Any]
) -> None:
    """Note one `action` for many: `about` holds a (subject, family) each. One statement for a few hundred."""
    actor = by.journal_name if by else SYSTEM
    Entry.objects.bulk_create(
        [
            Entry(at=at, actor=actor, action=action, subject=subject, family=family, facts=dict(facts))
            for subject, family in about
        ],
        batch_size=200,
    )


@transaction.atomic
def chain(*, batch: int = 1000) -> int:
    """Number and hash the waiting entries, oldest first; returns how many. Safe to run from several workers."""
    ChainHead.objects.get_or_create(id=1)
    head = ChainHead.objects.select_for_update().get(id=1)
    waiting = list(Entry.objects.filter(seq__isnull=True).order_by("id")[:batch])
    for entry in waiting:
        head.seq += 1
        head.digest = digest_of(entry, seq=head.seq, previous=head.digest)
        entry.seq, entry.digest = head.seq, head.digest
    Entry.objects.bulk_update(waiting, ["seq", "digest"], batch_size=200)
    head.save(update_fields=["seq", "digest"])
    return len(waiting)


@transaction.atomic
def purge(*, before: dt.datetime, now: dt.datetime) -> int:
    """Take away the chained rows at the beginning of the chain that are older than `before`; returns how many.

    The cut keeps the digest on which the rest hangs, and is told in the journal, so in the chain. An old row chained
    after a younger one waits for it.
    """
    head = ChainHead.objects.select_for_update().filter(id=1).first()
    if head is None:
        return 0
    kept = Entry.objects.filter(seq__isnull=False, at__gte=before).aggregate(first=Min("seq"))["first"]
    last = Entry.objects.filter(seq__lt=kept or head.seq + 1).order_by("-seq").first()
    if last is None or last.seq is None:
        return 0
    old = Entry.objects.filter(seq__lte=last.seq)
    count = old.count()
    Cut.objects.create(seq=last.seq, digest=last.digest, at=now, count=count)
    record(None, CUT, at=now, subject=str(last.seq), facts={"digest": last.digest, "count": count})
    old._raw_delete(old.db)
    Cut.objects.filter(seq__lt=last.seq).delete()
    return count


def anchor() -> tuple[int, str]:
    """The last link of the chain, to be kept elsewhere: who has it sees whether all of the chain was made anew."""
    head = ChainHead.objects.filter(id=1).first()
    return (head.seq, head.digest) if head else (0, START)


def digest_of(entry: Entry, *, seq: int, previous: str) -> str:
    """SHA-256 of the row bound to its place and to the row before."""
    row = [
        previous,
        seq,
        entry.at.astimezone(dt.UTC).isoformat(),
        entry.actor,
        entry.action,
        entry.subject,
        entry.family,
        entry.participant,
        entry.facts,
    ]
    return hashlib.sha256(json.dumps(row, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@invariant("Journal\u00a0: la chaîne est intacte, aucune ligne changée ni retirée")
def chain_faults() -> Iterable[str]:
    """A sentence for each row that does not follow from the one before."""
    cut = Cut.objects.order_by("-seq").first()
    previous, expected = (cut.digest, cut.seq) if cut else (START, 0)
    if cut and not Entry.objects.filter(action=CUT, subject=str(cut.seq), facts__digest=cut.digest).exists():
        yield f"la coupe à la ligne {cut.seq} n’est pas dans le journal"
    for entry in Entry.objects.filter(seq__isnull=False).order_by("seq").iterator():
        expected += 1
        if entry.seq != expected:
            yield f"ligne {expected} absente (la suivante est {entry.seq})"
            expected = entry.seq or expected
        if entry.digest != digest_of(entry, seq=expected, previous=previous):
            yield f"ligne {entry.seq} modifiée"
        previous = entry.digest
    head = ChainHead.objects.filter(id=1).first()
    if head is None and expected:
        yield "la fin de la chaîne a disparu"
    if head and (head.seq, head.digest) != (expected, previous):
        yield f"la dernière ligne devrait être la {head.seq}, c’est la {expected}"
