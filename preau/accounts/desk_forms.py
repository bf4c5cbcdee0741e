"""What administrators write: agents, their rights, roles."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q

from preau.accounts.agents import Right
from preau.accounts.choices import Capability
from preau.accounts.models import Role, User
from preau.accounts.usernames import UsernameField
from preau.core.forms import DayField, PortalForm
from preau.town.models import Place, Service

ASK_ROLE = "Choisissez un rôle de la liste"


class RightForm(PortalForm):
    """A role, where it holds, and from when to when."""

    role = forms.ModelChoiceField(
        Role.objects.order_by("name"),
        label="Rôle",
        to_field_name="code",
        empty_label="Choisissez un rôle",
        error_messages={"required": ASK_ROLE, "invalid_choice": ASK_ROLE},
    )
    service = forms.ModelChoiceField(
        Service.objects.none(), label="Service", to_field_name="code", required=False, empty_label="Tous les services"
    )
    place = forms.ModelChoiceField(
        Place.objects.none(), label="Lieu", to_field_name="code", required=False, empty_label="Tous les lieux"
    )
    starts_on = DayField(label="À partir du")
    ends_on = DayField(label="Jusqu’au", required=False, help_text="Ce jour compris. Vide\u00a0: sans fin")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = today
        for name, model in (("service", Service), ("place", Place)):
            in_use = Q(retired_on__isnull=True) | Q(retired_on__gt=today)
            self.fields[name].queryset = model.objects.filter(in_use).order_by("name")  # type: ignore[attr-defined]

    @property
    def right(self) -> Right:
        return Right(**{name: self.cleaned_data[name] for name in ("role", "service", "place", "starts_on", "ends_on")})


class InviteForm(RightForm):
    """Somebody who joins the town hall."""

    first_name = forms.CharField(label="Prénom", max_length=60)
    last_name = forms.CharField(label="Nom", max_length=60)
    email = forms.EmailField(
        label="Adresse e-mail professionnelle", max_length=254, help_text="Le lien d’ouverture du compte y arrive"
    )
    username = UsernameField(label="Nom d’utilisateur", help_text="Par exemple s.benali. L’agent peut le changer")
    field_order = ("first_name", "last_name", "email", "username", "role", "service", "place", "starts_on", "ends_on")


class LinkForm(PortalForm):
    """Where to send the link again; the address of an agent who has signed in once is theirs."""

    email = forms.EmailField(label="Adresse e-mail", max_length=254)

    def __init__(self, *args: Any, agent: User, **kwargs: Any) -> None:
        super().__init__(*args, initial={"email": agent.email}, **kwargs)
        self.fields["email"].disabled = agent.last_login is not None


class EndForm(PortalForm):
    """Until when a right holds."""

    grant = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)
    ends_on = DayField(label="Jusqu’au", required=False)


class RoleForm(PortalForm):
    """A role: its name, and what it lets do."""

    name = forms.CharField(label="Nom du rôle", max_length=80)
    capabilities = forms.MultipleChoiceField(
        label="Ce que ce rôle permet",
        choices=[(value, label.capitalize()) for value, label in Capability.choices],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
