"""The forms and links of a page, read from its HTML: what a browser could send from it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit


@dataclass
class Form:
    """`fields` in order, boxes ticked or not; `buttons` are the (name, value) with which it may be sent."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The names of what it may send, once each, but for the token, which is Django's."""
        names = dict.fromkeys(name for name, _ in [*self.fields, *self.buttons])
        return [name for name in names if name not in ("", "csrfmiddlewaretoken")]

    def sendings(self) -> dict[tuple[str, str], dict[str, list[str]]]:
        """What may be sent, by button: each that has a name, and without any (as by one that has none)."""
        sendings: dict[tuple[str, str], dict[str, list[str]]] = {}
        for button in [*(button for button in self.buttons if button[0]), ("", "")]:
            sent = sendings[button] = {}
            for name, value in [*self.fields, button]:
                if name:
                    sent.setdefault(name, []).append(value)
        return sendings


class Page(HTMLParser):
    """`forms` by their ids when they have one, `queries` the links with parameters, and those of the page to itself."""

    def __init__(self, address: str, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.forms: list[Form] = []
        self.link_parameters: set[str] = set()
        self.queries: set[str] = set()
        self._ids: dict[str, Form] = {}
        self._inside: Form | None = None
        self._elsewhere: list[tuple[str, dict[str, str], str]] = []
        self._select = ""
        self.feed(html)
        self.close()
        for tag, given, owner in self._elsewhere:
            if owner in self._ids:
                self._add(self._ids[owner], tag, given)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open(given)
        elif tag == "a":
            self._follow(given.get("href", ""))
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag in ("input", "button", "textarea", "option"):
            if tag == "option":
                given["name"] = self._select
            if "form" in given:
                self._elsewhere.append((tag, given, given["form"]))
            elif self._inside:
                self._add(self._inside, tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None

    def _open(self, given: dict[str, str]) -> None:
        action = urljoin(self.address, given.get("action", ""))
        self._inside = Form(action, given.get("method", "get").lower())
        self.forms.append(self._inside)
        if "id" in given:
            self._ids[given["id"]] = self._inside

    def _follow(self, href: str) -> None:
        target = urlsplit(urljoin(self.address, href))
        if target.query and not target.netloc:
            self.queries.add(f"{target.path}?{target.query}")
        if target.path == urlsplit(self.address).path:
            self.link_parameters.update(name for name, _ in parse_qsl(target.query, keep_blank_values=True))

    @staticmethod
    def _add(form: Form, tag: str, given: dict[str, str]) -> None:
        pair = given.get("name", ""), given.get("value", "")
        if tag == "button" or given.get("type") in ("submit", "image"):
            form.buttons.append(pair)
        else:
            form.fields.append(pair)
