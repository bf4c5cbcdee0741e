"""What families write when they ask about their members, and what agents choose when they grant it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django import forms

from preau.core.forms import DayField, PortalForm
from preau.families.choices import Sex, Situation
from preau.families.models import Adult, Participant
from preau.members.forms import checked_phone
from preau.members.reading import SHAPE_WORDS
from preau.members.rules import ChildAsked, CustodyAsked, GuardianAsked, SchoolAsked
from preau.town.models import Level, Place, SchoolYear

NO_PAPERS: Mapping[str, str] = MappingProxyType({})
OLDEST_CHILD = dt.timedelta(days=366 * 19)


def choices_of(form: PortalForm, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Give a field the choices of the moment."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


class ChildForm(PortalForm):
    """A child to add to one's household."""

    first_name = forms.CharField(label="Prénom", max_length=60)
    last_name = forms.CharField(label="Nom", max_length=60)
    born_on = DayField(label="Date de naissance")
    sex = forms.ChoiceField(
        label="C’est",
        choices=(("", "Je préfère ne pas le dire"), (Sex.GIRL, "Une fille"), (Sex.BOY, "Un garçon")),
        required=False,
    )
    parents = forms.MultipleChoiceField(
        label="Qui, dans ce foyer, exerce l’autorité parentale\u00a0?", widget=forms.CheckboxSelectMultiple, choices=()
    )

    def __init__(self, *args: Any, adults: Iterable[Adult], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        choices_of(self, "parents", [(adult.code, str(adult)) for adult in adults])

    def clean_born_on(self) -> dt.date:
        born_on: dt.date = self.cleaned_data["born_on"]
        if not self.today - OLDEST_CHILD <= born_on <= self.today:
            raise forms.ValidationError("Vérifiez l’année\u00a0: l’enfant doit être né et avoir moins de 19 ans")
        return born_on

    @property
    def asked(self) -> ChildAsked:
        given = self.cleaned_data
        return ChildAsked(
            given["first_name"], given["last_name"], given["born_on"], given["sex"], tuple(given["parents"])
        )


GUARDIANS = (
    (Situation.EXERCISES, "Un parent qui exerce l’autorité parentale"),
    (Situation.WITHOUT_EXERCISE, "Un parent sans l’exercice de l’autorité parentale"),
    (Situation.FOSTER, "Une famille d’accueil"),
    (Situation.GRANDPARENT, "Un grand-parent"),
    (Situation.COLLECTS, "Une personne qui vient souvent chercher l’enfant"),
)


class GuardianForm(PortalForm):
    """A grown-up to add to one's household."""

    civility = forms.ChoiceField(
        label="Civilité", choices=(("", "—"), ("Madame", "Madame"), ("Monsieur", "Monsieur")), required=False
    )
    first_name = forms.CharField(label="Prénom", max_length=60)
    last_name = forms.CharField(label="Nom", max_length=60)
    situation = forms.ChoiceField(label="Qui est-ce ?", choices=GUARDIANS, widget=forms.RadioSelect)
    email = forms.EmailField(
        label="E-mail",
        required=False,
        help_text="Une fois la demande acceptée, la mairie peut l’inviter à créer son compte",
    )
    phone = forms.CharField(label="Téléphone", max_length=20, required=False, widget=forms.TextInput({"type": "tel"}))
    children = forms.MultipleChoiceField(
        label="Pour quels enfants\u00a0?", widget=forms.CheckboxSelectMultiple, choices=()
    )

    def __init__(self, *args: Any, children: Iterable[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_of(self, "children", [(child.code, child.first_name) for child in children])

    def clean_phone(self) -> str:
        return checked_phone(self.cleaned_data["phone"])

    @property
    def asked(self) -> GuardianAsked:
        given = self.cleaned_data
        return GuardianAsked(**{**given, "children": tuple(given["children"])})


SHAPES = tuple((code, words[:1].upper() + words[1:]) for code, words in SHAPE_WORDS.items())
BEGINS = (("me", "Chez {me}"), ("other", "Chez l’autre parent"))
HOLIDAYS = (
    ("none", "Comme le reste de l’année"),
    ("me", "Première moitié chez {me} les années paires"),
    ("other", "Première moitié chez l’autre parent les années paires"),
)
USUAL_CUSTODY: Mapping[str, str] = MappingProxyType({"shape": "weeks", "begins": "me", "holidays": "none"})


class CustodyForm(PortalForm):
    """Whose days. `me` names who asks, when an agent writes it for them."""

    other = forms.ChoiceField(label="L’autre parent", choices=())
    starts_on = DayField(label="À partir du")
    shape = forms.ChoiceField(label="Rythme", choices=SHAPES, widget=forms.RadioSelect)
    begins = forms.ChoiceField(
        label="Chez qui commence le rythme\u00a0?",
        help_text="La semaine de cette date, ou les semaines paires. D’un week-end sur deux, le domicile principal",
        choices=(),
        widget=forms.RadioSelect,
    )
    holidays = forms.ChoiceField(label="Les vacances scolaires", choices=(), widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, others: Iterable[Adult], today: dt.date, me: Adult | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        choices_of(self, "other", [(adult.code, str(adult)) for adult in others])
        for name, choices in (("begins", BEGINS), ("holidays", HOLIDAYS)):
            choices_of(self, name, [(code, words.format(me=me or "moi")) for code, words in choices])

    def clean_starts_on(self) -> dt.date:
        starts_on: dt.date = self.cleaned_data["starts_on"]
        if not self.today - dt.timedelta(days=60) <= starts_on <= self.today + dt.timedelta(days=400):
            raise forms.ValidationError("Choisissez une date proche d’aujourd’hui")
        return starts_on

    @property
    def asked(self) -> CustodyAsked:
        return CustodyAsked(**self.cleaned_data)


OF_SECTOR, OTHER = "sector", "other"


class SchoolForm(PortalForm):
    """A school wished. `sector` is the school of the address for that year and level, which are then settled; None
    when the family chooses among all."""

    own_school = "l’école de votre secteur"
    another_school = "Une autre école\u00a0: je demande une dérogation"

    year = forms.ChoiceField(label="Année scolaire", choices=())
    level = forms.ChoiceField(label="Niveau", choices=())
    wish = forms.ChoiceField(label="Quelle école demandez-vous\u00a0?", widget=forms.RadioSelect, choices=())
    place = forms.ChoiceField(label="École souhaitée", choices=())
    criteria = forms.MultipleChoiceField(
        label="Vos raisons", required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    words = forms.CharField(
        label="Précisions",
        required=False,
        max_length=600,
        widget=forms.Textarea({"rows": 4}),
        help_text="N’écrivez rien sur une maladie\u00a0: dites seulement qu’il y a une raison de santé",
    )

    def __init__(
        self,
        *args: Any,
        years: Iterable[SchoolYear],
        places: Iterable[Place],
        levels: Iterable[Level],
        criteria: Iterable[str],
        papers: Mapping[str, str] = NO_PAPERS,
        sector: Place | None = None,
        is_settled: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sector = sector
        choices_of(self, "year", [(year.code, year.code) for year in years])
        choices_of(self, "place", [("", "Choisissez"), *((place.code, place.name) for place in places)])
        choices_of(self, "level", [("", "Choisissez"), *((level.code, level.name) for level in levels)])
        known = list(criteria)
        if known:
            told = [f"{one} (apportez {papers[one]})" if one in papers else one for one in known]
            choices_of(self, "criteria", list(zip(known, told, strict=True)))
        else:
            del self.fields["criteria"]
        if is_settled:
            self.fields["year"].widget = self.fields["level"].widget = forms.HiddenInput()
        if sector is None:
            del self.fields["wish"]
            return
        own = f"{sector.name}, {self.own_school}"
        choices_of(self, "wish", [(OF_SECTOR, own), (OTHER, self.another_school)])
        self.fields["place"].required = False

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or self.cleaned_data
        if self.sector is None or given.get("wish") != OTHER:
            return given
        if not given.get("place") and "place" not in self.errors:
            self.add_error("place", "Choisissez l’école que vous souhaitez")
        elif given.get("place") == self.sector.code:
            self.add_error("place", f"C’est {self.own_school}\u00a0: choisissez-la plus haut, sans dérogation")
        if "criteria" in self.fields and not given.get("criteria"):
            self.add_error("criteria", "Cochez au moins une raison\u00a0: c’est ce que la mairie examine")
        return given

    @property
    def asked(self) -> SchoolAsked:
        given = self.cleaned_data
        sector = self.sector.code if self.sector else ""
        if given.get("wish") == OF_SECTOR:
            return SchoolAsked(given["year"], sector, given["level"], (), given["words"], sector)
        reasons = tuple(given.get("criteria", ()))
        return SchoolAsked(given["year"], given["place"], given["level"], reasons, given["words"], sector)


class CounterSchoolForm(SchoolForm):
    """The same, as an agent reads it to the family."""

    own_school = "l’école du secteur"
    another_school = "Une autre école\u00a0: la famille demande une dérogation"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "criteria" in self.fields:
            self.fields["criteria"].label = "Raisons de la famille"
        if "wish" in self.fields:
            self.fields["wish"].label = "Quelle école la famille demande-t-elle\u00a0?"


class GrantForm(PortalForm):
    """What an agent checks and chooses before granting; only the fields of the kind."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    existing = forms.ChoiceField(label="Est-ce un enfant déjà connu\u00a0?", widget=forms.RadioSelect, choices=())
    situation = forms.ChoiceField(label="Lien que la mairie retient", choices=Situation.choices)
    place = forms.ChoiceField(label="École accordée", choices=())
    level = forms.ChoiceField(label="Niveau", choices=())
    reason = forms.CharField(
        label="Message à la famille", required=False, max_length=1000, widget=forms.Textarea({"rows": 3})
    )
    checked = forms.BooleanField(label="J’ai vu les papiers demandés")

    def __init__(
        self, *args: Any, shown: Mapping[str, Iterable[tuple[str, str]] | None], wished: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.wished = wished
        for name in set(self.fields) - {"version", "checked"} - set(shown):
            del self.fields[name]
        for name, choices in shown.items():
            if choices is not None:
                choices_of(self, name, choices)

    def clean(self) -> dict[str, Any] | None:
        """Another school than the one wished is an answer that needs its reason."""
        given = super().clean() or self.cleaned_data
        is_other = bool(self.wished and given.get("place")) and given["place"] != self.wished
        if is_other and not given.get("reason"):
            self.add_error("reason", "Ce n’est pas l’école souhaitée\u00a0: dites pourquoi à la famille")
        return given
