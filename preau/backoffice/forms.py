"""What agents type at the desk."""

from django import forms

from preau.core.forms import PortalForm


class SearchForm(PortalForm):
    """The words of a search."""

    q = forms.CharField(
        label="Nom, enfant, numéro, téléphone ou e-mail",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"class": "saisie", "type": "search"}),
    )

    @property
    def words(self) -> str:
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""
