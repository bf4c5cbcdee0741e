"""Where each key of a TOML text stands: tomllib gives the values, this gives their lines."""

import re
import tomllib
from bisect import bisect_right
from collections import defaultdict

Path = tuple[str | int, ...]
"""Keys, and places in lists from 0."""

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
SPACE = re.compile(r"[ \t]*")
SCALAR = re.compile(r"[^,\]}\n#]*")
STRINGS = (
    re.compile(r'"""(?:[^\\]|\\.)*?"""{1,3}(?!")', re.DOTALL),
    re.compile(r"'''.*?'''{1,3}(?!')", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)


def line_index(text: str) -> dict[Path, int]:
    """The line, from 1, of every table, key and list item of `text`, which tomllib must accept."""
    return _Scanner(text.replace("\r\n", "\n")).scan()


class _Scanner:
    """Reads a text known to be right: it looks for keys, never for faults."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.newlines = [match.start() for match in re.finditer("\n", text)]
        self.found: dict[Path, int] = {}
        self.counts: defaultdict[Path, int] = defaultdict(int)  # tables seen in each list of tables

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        self.skip(BLANK)
        while self.place < len(self.text):
            if self.text[self.place] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip(BLANK)
        return self.found

    def header(self) -> Path:
        line = self.line()
        is_list = self.text.startswith("[[", self.place)
        self.place += 2 if is_list else 1
        keys = self.keys()
        self.place += 2 if is_list else 1
        path: Path = ()
        for key in keys[:-1]:
            path = self.last_of((*path, key))
            self.note(path, line)
        path = (*path, keys[-1])
        if is_list:
            self.note(path, line)
            self.counts[path] += 1
        path = self.last_of(path)
        self.found[path] = line
        return path

    def last_of(self, path: Path) -> Path:
        """The table that `path` now means: the last one when it is a list of tables."""
        return (*path, self.counts[path] - 1) if self.counts.get(path) else path

    def pair(self, table: Path) -> None:
        line = self.line()
        path = table
        for key in self.keys():
            path = (*path, key)
            self.note(path, line)
        self.place += 1  # the equals sign
        self.skip(SPACE)
        self.value(path)

    def value(self, path: Path) -> None:
        opening = self.text[self.place]
        if opening == "[":
            self.array(path)
        elif opening == "{":
            self.inline_table(path)
        elif opening in "\"'":
            self.string()
        else:
            self.skip(SCALAR)

    def array(self, path: Path) -> None:
        self.place += 1
        self.skip(BLANK)
        rank = 0
        while self.text[self.place] != "]":
            self.note((*path, rank), self.line())
            self.value((*path, rank))
            rank += 1
            self.separator()
        self.place += 1

    def inline_table(self, path: Path) -> None:
        self.place += 1
        self.skip(BLANK)
        while self.text[self.place] != "}":
            self.pair(path)
            self.separator()
        self.place += 1

    def separator(self) -> None:
        self.skip(BLANK)
        if self.text[self.place] == ",":
            self.place += 1
            self.skip(BLANK)

    def keys(self) -> list[str]:
        """A key, dotted or not, and the spaces around it."""
        keys = []
        while True:
            self.skip(SPACE)
            keys.append(self.key())
            self.skip(SPACE)
            if not self.text.startswith(".", self.place):
                return keys
            self.place += 1

    def key(self) -> str:
        if bare := BARE_KEY.match(self.text, self.place):
            self.place = bare.end()
            return bare.group()
        start = self.place
        self.string()
        key = tomllib.loads(f"key = {self.text[start : self.place]}")["key"]
        return str(key)

    def string(self) -> None:
        for pattern in STRINGS:
            if found := pattern.match(self.text, self.place):
                self.place = found.end()
                return
        raise ValueError(f"no string on line {self.line()}")

    def skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.place)
        if found:
            self.place = found.end()

    def note(self, path: Path, line: int) -> None:
        self.found.setdefault(path, line)

    def line(self) -> int:
        return bisect_right(self.newlines, self.place - 1) + 1
