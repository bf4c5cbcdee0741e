"""Finding files by what an agent types. The words of each are kept beside it, by every action that changes one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from preau.families.models import Adult, Family, FileNumber, FileTrait, FileWord, Home
from preau.families.search_words import wanted_words, words_of_name, words_of_phone
from preau.families.traits import Trait, read_traits

AFTER_ALL = "\U0010ffff"
BATCH = 500

Words = Mapping[int | None, set[str]]
"""The words of a file, by the adult whom they describe; None for those of the whole file."""


def files_found(files: QuerySet[Family], text: str) -> QuerySet[Family]:
    """Those of `files` in which each word of the text begins one; none when it holds no word.

    An e-mail address that only an account knows finds the file too.
    """
    words = wanted_words(text)
    if not words:
        return files.none()
    found = Q()
    for word in words:
        found &= Q(pk__in=FileWord.objects.filter(begins_with(word)).values("family"))
    if "@" in text:
        found |= Q(pk__in=Adult.objects.filter(user__email__iexact=text.strip()).values("family"))
    return files.filter(found)


def adults_named(adults: QuerySet[Adult], text: str) -> QuerySet[Adult]:
    """Those of `adults` whom the words describe, or whose file they do; all of them when nothing is typed."""
    words = wanted_words(text)
    if text.strip() and not words:
        return adults.none()
    for word in words:
        theirs = Q(adult=OuterRef("pk")) | Q(adult__isnull=True)
        adults = adults.filter(Exists(FileWord.objects.filter(begins_with(word), theirs, family=OuterRef("family"))))
    return adults


def begins_with(prefix: str) -> Q:
    """Served by the index: PostgreSQL has one for patterns, SQLite compares the bounds."""
    if connection.vendor == "postgresql":
        return Q(word__startswith=prefix)
    return Q(word__gte=prefix, word__lt=prefix + AFTER_ALL)


def refile(*families: int) -> None:
    """Write again the words and the traits of these files, by key: to be called by whatever changes a name, a number, a
    phone or an address of theirs, in its transaction."""
    _write(families, read_words(families), read_traits(families))


def refile_changed() -> int:
    """Put right the words and traits of the files that were written without `refile`: a takeover, a restored table.
    Returns how many."""
    keys = list(Family.objects.order_by("pk").values_list("pk", flat=True))
    mended = 0
    for at in range(0, len(keys), BATCH):
        stale = stale_files(keys[at : at + BATCH])
        refile(*stale)
        mended += len(stale)
    return mended


def stale_files(keys: Collection[int]) -> list[int]:
    """Those whose words or traits are not what they should be."""
    held: dict[int, dict[int | None, set[str]]] = defaultdict(lambda: defaultdict(set))
    for family, adult, word in FileWord.objects.filter(family__in=keys).values_list("family", "adult", "word"):
        held[family][adult].add(word)
    traits: dict[int, set[Trait]] = {key: set() for key in keys}
    rows = FileTrait.objects.filter(family__in=keys).values_list("family", "kind", "value", "participant")
    for key, kind, value, child in rows:
        traits[key].add((kind, value, child))
    right = read_traits(keys)
    return [key for key, words in read_words(keys).items() if words != held[key] or right[key] != traits[key]]


@transaction.atomic
def _write(families: Iterable[int], words: Mapping[int, Words], traits: Mapping[int, Collection[Trait]]) -> None:
    FileWord.objects.filter(family__in=list(families)).delete()
    FileTrait.objects.filter(family__in=list(families)).delete()
    FileWord.objects.bulk_create(
        [
            FileWord(family_id=family, adult_id=adult, word=word)
            for family, groups in words.items()
            for adult, group in groups.items()
            for word in sorted(group)
        ],
        batch_size=BATCH,
    )
    FileTrait.objects.bulk_create(
        [
            FileTrait(family_id=family, kind=kind, value=value, participant_id=child)
            for family, some in traits.items()
            for kind, value, child in sorted(some, key=str)
        ],
        batch_size=BATCH,
    )


def read_words(families: Collection[int]) -> dict[int, Words]:
    """The words of each file: five queries. Names, numbers, phones and addresses; nothing of health, ever.

    A file keeps answering to the numbers of those that were merged into it.
    """
    found: dict[int, dict[int | None, set[str]]] = {}
    for key, name, number in Family.objects.filter(pk__in=families).values_list("pk", "name", "number"):
        found[key] = {None: words_of_name(name) | words_of_name(number)}
    for key, number in FileNumber.objects.filter(family__in=families).values_list("family", "number"):
        found[key][None] |= words_of_name(number)
    for gone in Family.objects.filter(merged_into__in=families).only("merged_into", "number"):
        if gone.merged_into_id is not None:
            found[gone.merged_into_id][None] |= words_of_name(gone.number)
    for key, *names in Home.objects.filter(family__in=families).values_list(
        "family", "participant__first_name", "participant__last_name"
    ):
        found[key][None] |= _names(*names)
    for adult in Adult.objects.filter(family__in=families):
        words = _names(adult.first_name, adult.last_name, adult.birth_name, adult.email)
        words |= set().union(*(words_of_phone(phone) for phone in adult.contact.phones))
        if words:
            found[adult.family_id][adult.pk] = words
    return {key: {who: words for who, words in groups.items() if words} for key, groups in found.items()}


def _names(*texts: str) -> set[str]:
    return set().union(*(words_of_name(text) for text in texts))
