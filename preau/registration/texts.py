"""The texts that one must read on the way to an account."""

from collections.abc import Sequence
from dataclasses import dataclass

from preau.town.choices import TextCode
from preau.town.models import Text
from preau.town.queries import current_text
from preau.town.rules import Block, blocks


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text as it is on the page; `text` None and version 0 until the town publishes one."""

    code: TextCode
    text: Text | None
    blocks: Sequence[Block]

    @property
    def version(self) -> int:
        return self.text.version if self.text else 0


def read_text(code: TextCode) -> ReadText:
    text = current_text(code)
    return ReadText(code, text, blocks(text.body) if text else [])
