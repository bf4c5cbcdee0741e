"""Choosing a password: long enough, not what everybody takes, not what one guesses by knowing the person.

No composition rule: length is what makes a password hard to guess (CNIL, 2022).
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any

from django import forms
from django.contrib.auth.password_validation import CommonPasswordValidator

from preau.accounts.models import User
from preau.core.forms import PortalForm
from preau.town.models import Town

LONGEST = 128
SHORTEST_WORD = 4  # signs: shorter names are found in too many honest words
FEWEST_SIGNS = 5  # different ones
COMMON_WORDS = """
admin administrateur amour anniversaire azerty azertyuiop bienvenue bisous bonjour camille cantine centre
centredeloisirs changezmoi chocolat chouchou citoyen commune connexion creche doudou ecole elementaire enfance
enfant enfants espace espacecitoyen espacefamille espacefamilles facture factures famille familles football france
garderie identifiant inscription internet jetaime loisirs loulou mairie maison maman marseille maternelle mercredi
monespace motdepasse nicolas papa parent parents paris passe periscolaire planning portail portailfamille qwerty
qwertz restauration reservation scolaire secret soleil vacances ville janvier fevrier mars avril mai juin juillet
aout septembre octobre novembre decembre printemps ete automne hiver lundi mardi jeudi vendredi samedi dimanche et
de la le les mon ma mes
"""
COMMON = frozenset(COMMON_WORDS.split())
RUNS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
)
LOOK_ALIKES = str.maketrans("01345@$", "oieasas")
ASCII_BUT_LETTERS = "".join(sign for sign in map(chr, range(128)) if not sign.isalpha())


def password_faults(password: str, *, words: Collection[str], town: Town) -> list[str]:
    """What is wrong with a new password, in sentences for its owner; [] when it will do.

    `words` are those of the person: names, user name, e-mail address, number of the family file.
    """
    if len(password) < town.password_minimum:
        return [
            f"Choisissez un mot de passe d’au moins {town.password_minimum} signes. "
            "Quelques mots sans lien entre eux suffisent."
        ]
    if len(password) > LONGEST:
        return [f"Choisissez un mot de passe d’au plus {LONGEST} signes."]
    plain = _fold(password)
    faults = []
    if _is_common(plain, town):
        faults.append("Ce mot de passe est trop courant. Choisissez quelques mots sans lien entre eux.")
    if _names_the_person(plain, words):
        faults.append(
            "Ce mot de passe contient votre nom, votre identifiant, votre adresse ou votre numéro de dossier. "
            "Choisissez d’autres mots."
        )
    return faults


def words_of(user: User) -> list[str]:
    """What others know of the owner of an account."""
    return [user.first_name, user.last_name, user.username, user.email]


def password_help(town: Town) -> str:
    """What to write, told beside the field."""
    return (
        f"Au moins {town.password_minimum} signes, de votre choix : par exemple quatre mots sans lien entre eux. "
        "Ni votre nom, ni votre adresse e-mail."
    )


class ChoosesPassword(PortalForm):
    """A form where one chooses a password, written twice.

    `words` are what others know of the person beside what the fields named in `fields_with_words` say.
    """

    password = forms.CharField(
        label="Mot de passe",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Choisissez un mot de passe"},
    )
    password_again = forms.CharField(
        label="Confirmation du mot de passe",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Écrivez le mot de passe une deuxième fois"},
    )
    fields_with_words: tuple[str, ...] = ()

    def __init__(self, *args: Any, town: Town, words: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.town, self.words = town, words
        self.fields["password"].help_text = password_help(town)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        password, again = cleaned.get("password"), cleaned.get("password_again")
        if password:
            typed = [str(cleaned.get(name) or "") for name in self.fields_with_words]
            for fault in password_faults(password, words=[*self.words, *typed], town=self.town):
                self.add_error("password", fault)
            if again and again != password:
                self.add_error("password_again", "Les deux mots de passe sont différents. Écrivez deux fois le même.")
        return cleaned


def _fold(text: str) -> str:
    """Without case nor accents."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).casefold()


def _letters(text: str) -> str:
    """Without figures, spaces and the signs of a keyboard."""
    return "".join(sign for sign in text if sign not in ASCII_BUT_LETTERS)


@cache
def _known_passwords() -> frozenset[str]:
    """Django's twenty thousand, and ours."""
    return frozenset(CommonPasswordValidator().passwords) | COMMON


def _is_common(plain: str, town: Town) -> bool:
    return (
        plain in _known_passwords()
        or len(set(plain)) < FEWEST_SIGNS
        or _is_run(plain)
        or len(_repeated(plain)) < town.password_minimum
        or _is_made_of_common_words(plain, town)
        or _is_made_of_common_words(plain.strip(ASCII_BUT_LETTERS).translate(LOOK_ALIKES), town)
    )


def _is_run(plain: str) -> bool:
    """Keys that follow each other: 012345678901, azertyuiopqs, either way."""
    return any(plain in run * 3 or plain in run[::-1] * 3 for run in RUNS)


def _repeated(plain: str) -> str:
    """What a text repeats, itself when it repeats nothing: « soleil » of « soleilsoleil »."""
    size = (plain + plain).find(plain, 1)
    return plain[:size]


def _is_made_of_common_words(plain: str, town: Town) -> bool:
    """Common words and the town's name, with figures and signs around: « Villejuif-2026! », « cantine2026!! »; figures
    alone too."""
    left = _letters(plain)
    if left in _known_passwords():
        return True
    names = _fold(f"{town.name} {town.portal_name}").split()
    words = {_letters(word) for name in names for word in (name, *re.split(r"[^a-z]+", name))} | COMMON
    for word in sorted(words - {""}, key=len, reverse=True):
        left = left.replace(word, "")
    return not left


def _names_the_person(plain: str, words: Iterable[str]) -> bool:
    letters = re.sub(r"[^a-z0-9]", "", plain)
    return any(word in letters for word in _own_words(words))


def _own_words(words: Iterable[str]) -> Iterator[str]:
    """Each word, its parts, and without what comes after the @ of an address."""
    for word in words:
        known = _fold(word).partition("@")[0]
        for part in (known, *re.split(r"[^a-z0-9]+", known)):
            plain = re.sub(r"[^a-z0-9]", "", part)
            if len(plain) >= SHORTEST_WORD:
                yield plain
