"""Every template, read as a text: it compiles, leads somewhere, and keeps to the strict policy of pages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template.loader import get_template

from tests.routes import routes_of

ROOT = Path(__file__).parents[1] / "preau"
SPRITE = ROOT / "core/static/preau/icones.svg"
TEMPLATES = sorted(path for kind in ("html", "txt") for path in ROOT.glob(f"*/templates/**/*.{kind}"))
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
FORBIDDEN = {
    "a script in the page": r"<script(?![^>]*\bsrc=)",
    "a style in the page": r"<style\b",
    "a style attribute": r"\sstyle\s*=",
    "a script address": r"javascript\s*:",
    "an event attribute": r"<[a-zA-Z][^<>]*\son[a-z]+\s*=",
    "a link to nowhere": r"""\b(?:href|action|src)\s*=\s*(?:""|''|"#"|'#'|"\s)""",
    "an unescaped value": r"\|\s*safe\b|\{%\s*autoescape\s+off",
}
RELOADS = ("portal/templates/portal/errors/maintenance.html",)  # stands at every address: reload it
URL_TAG = re.compile(r"{%\s*url\s+['\"]([\w:]+)['\"]")
ICON_TAG = re.compile(r"{%\s*(?:icon|gommette\s+['\"]\w*['\"])\s+['\"]([\w-]+)['\"]")
POST_FORM = re.compile(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", re.IGNORECASE | re.DOTALL)
MAILS = [path for path in TEMPLATES if path.parent.name == "mail" and path.suffix == ".txt"]
BEFORE_A_SIGN = re.compile(r"(?<=[\w»)}%”’…>]) [:;?!»](?=[\s<\"'{,.;:)]|$)|« ", re.MULTILINE)
SUBJECT = re.compile(r"{% block objet %}(.*?){% endblock", re.DOTALL)
IN_SUBJECTS = {  # all that a subject may take from the facts: never a person, nor a secret
    "demarche.get_state_display",
    "demarche.state",
    "enrolment.activity",
    "invoice.period_starts_on",
    "is_new",
    "payment.amount_cents",
    "recap.done",
}
URL_CALLS = ("reverse", "redirect", "reverse_lazy", "resolve_url", "Link", "Section", "Page")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def as_written(path: Path) -> str:
    """Without comments, which may quote what is forbidden."""
    source = path.read_text(encoding="utf-8")
    return re.sub(r"{#.*?#}|{%\s*comment\s*%}.*?{%\s*endcomment\s*%}", "", source, flags=re.DOTALL)


def known_names() -> set[str]:
    return {route.name for route in routes_of("tests.every_url")}


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_compiles(path: Path) -> None:
    inside = path.relative_to(ROOT).parts
    template = get_template("/".join(inside[inside.index("templates") + 1 :]))
    assert Path(template.origin.name) == path, "another template of the same name hides it"  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_nothing_in_a_template_goes_against_the_policy_of_pages(path: Path) -> None:
    allowed = ["a link to nowhere"] if name_of(path) in RELOADS else []
    assert faults_of(as_written(path)) == allowed


@pytest.mark.parametrize("path", MAILS, ids=name_of)
def test_a_mail_is_a_text_and_a_page_under_one_subject_that_names_nobody(path: Path) -> None:
    subjects = {found[1] for each in (path, path.with_suffix(".html")) for found in SUBJECT.finditer(as_written(each))}
    assert len(subjects) == 1
    said = re.findall(r"{{\s*([\w.]+)|{%\s*(?:el)?if\s+([\w.]+)", subjects.pop())
    assert {name for pair in said for name in pair if name} <= IN_SUBJECTS


def faults_of(source: str) -> list[str]:
    found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, source, re.IGNORECASE)]
    unprotected = [form for form in POST_FORM.findall(source) if "{% csrf_token %}" not in form]
    return found + ["a form sent without its token"] * len(unprotected)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("<script>alert(1)</script>", "a script in the page"),
        ("<STYLE>p{}</STYLE>", "a style in the page"),
        ('<p style="color:red">', "a style attribute"),
        ('<a href="javascript:void(0)">', "a script address"),
        ('<button type="button" onclick="go()">', "an event attribute"),
        ('<a href="#">', "a link to nowhere"),
        ('<a class="bouton" href="">', "a link to nowhere"),
        ("{{ name|safe }}", "an unescaped value"),
        ('<form method="post"><p></p></form>', "a form sent without its token"),
    ],
)
def test_a_planted_fault_is_found(source: str, fault: str) -> None:
    assert faults_of(source) == [fault]


@pytest.mark.parametrize(
    "source",
    [
        "<script src=\"{% static 'x.js' %}\" defer></script>",
        "<p>Les conditions = vos droits</p>",
        '<a href="#contenu">',
        '<form method="post">{% csrf_token %}</form>',
        "{% querystring on='1' %}",
    ],
)
def test_what_is_allowed_is_left_alone(source: str) -> None:
    assert faults_of(source) == []


def test_every_address_named_in_a_template_exists() -> None:
    named = {(name, name_of(path)) for path in TEMPLATES for name in URL_TAG.findall(as_written(path))}
    assert {pair for pair in named if pair[0] not in known_names()} == set()
    assert len(named) > 20


def names_in_code(path: Path) -> Iterator[str]:
    """What a module gives to `reverse` and the like."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            if called in URL_CALLS:
                yield from (text for text in texts if isinstance(text, str) and re.fullmatch(r"[a-z]+:[a-z_]+", text))


def test_every_address_named_in_code_exists() -> None:
    modules = [path for path in ROOT.rglob("*.py") if "tests" not in path.parts]
    named = {(name, name_of(path)) for path in modules for name in names_in_code(path)}
    assert {pair for pair in named if pair[0] not in known_names()} == set()
    assert len(named) > 10


@pytest.mark.parametrize("source", ["Ce n’est pas vous ?", "« un mot", "un mot »."])
def test_a_plain_space_beside_a_sign_is_found(source: str) -> None:
    assert BEFORE_A_SIGN.search(source)


def test_no_line_begins_with_the_sign_that_ends_the_one_above() -> None:
    assert [name_of(path) for path in TEMPLATES if BEFORE_A_SIGN.search(as_written(path))] == []


def test_every_icon_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'id="i-([\w-]+)"', SPRITE.read_text(encoding="utf-8")))
    used = {(icon, name_of(path)) for path in PAGES for icon in ICON_TAG.findall(as_written(path))}
    assert {pair for pair in used if pair[0] not in drawn} == set()


def test_every_fragment_that_is_included_exists() -> None:
    included = {
        name
        for path in TEMPLATES
        for name in re.findall(r"{%\s*(?:include|extends)\s+['\"]([^'\"]+)['\"]", as_written(path))
    }
    for name in included:
        get_template(name)
