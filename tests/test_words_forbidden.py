"""No label, choice, help or page asks what the law keeps from a town: the nature of a handicap, religion, origin,
sexual orientation, opinions (RGPD, article 9; loi du 6 janvier 1978, article 6; code pénal, 226-19).

What tells families not to write such a thing is allowed, sentence by sentence.
"""

import importlib
import inspect
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.db.models import Choices

import preau

ROOT = Path(__file__).parents[1]
FORBIDDEN = re.compile(
    r"\b("
    r"handicap\w*|mdph|aeeh|invalidité|déficien\w+|autis\w+|trisomi\w+|dyslexi\w+|"
    r"religi\w+|confession\w*|croyan\w+|culte|halal|hallal|casher|kasher|cacher\w*|musulman\w*|juifs?|juive|"
    r"catholi\w+|baptis\w+|origine ethnique|ethni\w+|rac(?:e|es|ial\w*)|couleur de peau|nationalité\w*|"
    r"pays d’origine|langue maternelle|orientation sexuelle|homosexuel\w*|hétérosexuel\w*|"
    r"opinions? politiques?|syndical\w*|vih|sida|séropositi\w+|casier judiciaire"
    r")\b",
    re.IGNORECASE,
)
ALLOWED = (
    "pas le nom d’une maladie ou d’un handicap",  # what not to write
    "N’écrivez rien sur la santé, la religion ou l’origine",
)
TEMPLATES = sorted((ROOT / "preau").rglob("templates/**/*.html")) + sorted((ROOT / "preau").rglob("templates/**/*.txt"))
TOWNS = sorted((ROOT / "preau/townfile/towns").rglob("*.toml"))
LABELS = {"name", "label", "short_name", "text", "title", "cost", "portal_name"}


def asked(text: object) -> list[str]:
    """The forbidden words of a text, less the sentences that tell not to write them."""
    said = str(text)
    for sentence in ALLOWED:
        said = said.replace(sentence, "")
    return [found[0] for found in FORBIDDEN.finditer(said)]


def modules() -> Iterator[object]:
    for found in pkgutil.walk_packages(preau.__path__, "preau."):
        if ".tests" not in found.name and ".migrations" not in found.name and not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def classes(kind: type) -> Iterator[type]:
    seen: set[type] = set()
    for module in modules():
        for _, value in inspect.getmembers(module, inspect.isclass):
            if issubclass(value, kind) and value.__module__.startswith("preau.") and value not in seen:
                seen.add(value)
                yield value


def test_no_form_asks_for_it() -> None:
    wrong = []
    for form in classes(forms.BaseForm):
        for name, field in getattr(form, "base_fields", {}).items():
            choices = [label for _, label in getattr(field, "choices", ())] if not hasattr(field, "queryset") else []
            said = [name, field.label, field.help_text, *choices, *field.widget.attrs.values()]
            wrong += [f"{form.__name__}.{name}: {word}" for text in said for word in asked(text or "")]
    assert wrong == []


def test_no_sentence_of_the_code_of_forms_asks_for_it() -> None:
    """Fields that a form makes at its first use, which no class holds, are read in the source."""
    wrong = []
    for path in sorted((ROOT / "preau").rglob("*forms*.py")):
        if "tests" not in path.parts:
            wrong += [f"{path.relative_to(ROOT)}: {word}" for word in asked(path.read_text(encoding="utf-8"))]
    assert wrong == []


def test_no_choice_offers_it() -> None:
    kinds = [one for one in classes(Choices) if issubclass(one, Choices) and one.choices]
    wrong = [
        f"{kind.__name__}: {word}" for kind in kinds for one in kind.choices for word in asked(" ".join(map(str, one)))
    ]
    assert len(kinds) > 20
    assert wrong == []


def test_no_column_holds_it() -> None:
    wrong = []
    for model in apps.get_models():
        if model.__module__.startswith("preau."):
            for field in model._meta.get_fields():
                words = [getattr(field, part, "") for part in ("name", "verbose_name", "help_text")]
                said = " ".join(str(word).replace("_", " ") for word in words)
                wrong += [f"{model.__name__}.{field.name}: {word}" for word in asked(said)]
    assert wrong == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_page_and_no_mail_asks_for_it(path: Path) -> None:
    assert asked(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TOWNS, ids=lambda path: path.name)
def test_no_town_that_is_shipped_asks_for_it(path: Path) -> None:
    wrong = [word for text in labels(tomllib.loads(path.read_text(encoding="utf-8"))) for word in asked(text)]
    assert wrong == []


def labels(tree: object, key: str = "") -> Iterator[str]:
    """The words of a town file that people read as labels, long texts left aside."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from labels(value, name)
    elif isinstance(tree, list):
        for value in tree:
            yield from labels(value, key)
    elif isinstance(tree, str) and key in LABELS:
        yield tree


@pytest.mark.parametrize(
    "text",
    ["Nature du handicap", "Religion de l’enfant", "Repas halal", "Repas casher", "Origine ethnique", "Dossier MDPH"],
)
def test_a_planted_label_is_found(text: str) -> None:
    assert asked(text)


@pytest.mark.parametrize("text", ["Sans porc", "Allergies", "Traces d’arachide", "Numéro du contrat", *ALLOWED])
def test_what_may_be_asked_is_left_alone(text: str) -> None:
    assert asked(text) == []
