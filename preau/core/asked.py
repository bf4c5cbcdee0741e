"""A paper that a page asks for, whatever the area that asks, and where it stands; drawn by core/ui/_paper.html."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AskedPaper:
    """`state` is told by a gommette of that `colour` and `icon`, `note` says more (until when, why it was refused).
    `url` leads to where it is given or read, "" for who may do neither; `action` is what the link says. `code` is that
    of its kind, "" when it is not handed in online. `is_ending`: what was given ends soon, or has ended."""

    code: str
    label: str
    state: str
    colour: str
    icon: str
    note: str = ""
    url: str = ""
    action: str = ""
    is_given: bool = False
    is_ending: bool = False
