"""User names: what one types to sign in, in the place of one's e-mail address."""

from django import forms
from django.core.validators import RegexValidator

USERNAME_HELP = "De 3 à 60 signes : lettres, chiffres, point, tiret. Par exemple z.pinceau."
WELL_FORMED = RegexValidator(
    r"^[^\W_][\w.\-]*$", "Écrivez seulement des lettres, des chiffres, des points et des tirets, sans espace."
)


class UsernameField(forms.CharField):
    """A user name; never an address, which could be somebody else's. Whether it is taken is for the action to say."""

    def __init__(self, **kwargs: object) -> None:
        options = {
            "label": "Nom d’utilisateur",
            "min_length": 3,
            "max_length": 60,
            "help_text": USERNAME_HELP,
            "validators": [WELL_FORMED],
            "widget": forms.TextInput(
                attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
            ),
            "error_messages": {
                "required": "Choisissez un nom d’utilisateur",
                "min_length": "Choisissez un nom d’utilisateur d’au moins 3 signes",
                "max_length": "Choisissez un nom d’utilisateur d’au plus 60 signes",
            },
        }
        super().__init__(**(options | kwargs))  # type: ignore[arg-type]
