"""How people may be called."""

import re
import unicodedata

from django import forms

LETTERS = r"[^\W\d_]+"
NAME = re.compile(rf"{LETTERS}(?:(?:[ '’\-]|\. )+{LETTERS})*\.?")  # « St. Jean », but nothing like an address
NAME_FAULT = "Écrivez des lettres seulement\u00a0: les espaces, tirets et apostrophes conviennent aussi"


def person_name(text: str) -> str:
    """A name that goes into mails to an address nobody has checked: no figures, no link, no sentence."""
    name = unicodedata.normalize("NFC", text)
    if not NAME.fullmatch(name):
        raise forms.ValidationError(NAME_FAULT)
    return name
