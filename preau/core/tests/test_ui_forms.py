"""Forms in the design's markup."""

import datetime as dt

import pytest
from django import forms
from django.template.loader import render_to_string

from preau.core.forms import DayField, PortalForm


class Signing(PortalForm):
    name = forms.CharField(label="Nom")
    email = forms.EmailField(label="Adresse e-mail", help_text="Pour <vous> répondre.")
    phone = forms.CharField(label="Téléphone", required=False)
    way = forms.ChoiceField(
        label="Réponse", choices=[("mail", "Par e-mail"), ("call", "Au téléphone")], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="J’ai lu les conditions")
    starts_on = DayField(label="Date d’entrée")
    origin = forms.CharField(widget=forms.HiddenInput)

    def clean(self):
        if self.data.get("name") == "Personne":
            raise forms.ValidationError("Ce compte existe déjà.")
        return super().clean()


def sent(**values: str) -> Signing:
    good = {
        "name": "Pinceau", "email": "zoe@exemple.fr", "way": "mail", "agreed": "on",
        "starts_on": "2026-02-12", "origin": "x",
    }  # fmt: skip
    return Signing({key: value for key, value in (good | values).items() if value})


def test_a_good_form_passes():
    form = sent()
    assert form.is_valid(), form.errors
    assert "alerte" not in str(form)


@pytest.mark.parametrize("day", ["31/12/1899", "2200-01-01"])
def test_a_day_of_another_time_is_a_slip_of_the_hand(day: str) -> None:
    assert "Écrivez une date avec la bonne année" in sent(starts_on=day).errors["starts_on"][0]


def test_a_field_has_its_label_and_its_help():
    html = str(Signing()["email"].as_field_group())
    assert '<label for="id_email">Adresse e-mail</label>' in html
    assert '<span class="aide" id="id_email_helptext">Pour &lt;vous&gt; répondre.</span>' in html
    assert 'aria-describedby="id_email_helptext"' in html


def test_a_form_may_write_the_label_and_the_help_of_a_field_once_it_is_made():
    form = Signing()
    form.fields["email"].label, form.fields["email"].help_text = "Courriel", "Nous ne l’écrivons nulle part."
    html = str(form["email"].as_field_group())
    assert '<label for="id_email">Courriel</label>' in html
    assert "Nous ne l’écrivons nulle part." in html


def test_only_optional_fields_are_marked():
    html = str(Signing())
    assert html.count("(facultatif)") == 1
    assert 'Téléphone <span class="facultatif">(facultatif)</span>' in html


def test_the_browser_does_not_block_the_form():
    assert " required" not in str(Signing())


def test_a_faulty_field_is_described_by_its_help_and_its_error():
    html = str(sent(email="zoe@")["email"].as_field_group())
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert 'id="id_email_error"' in html
    assert 'class="champ en-erreur"' in html


def test_radio_buttons_are_options_of_a_fieldset():
    html = str(Signing()["way"].as_field_group())
    assert '<legend class="legende">Réponse</legend>' in html
    assert html.count('<label class="option"><input type="radio"') == 2
    assert "Par e-mail" in html


def test_a_box_is_inside_its_label():
    html = str(Signing()["agreed"].as_field_group())
    assert '<label class="option option-simple"><input type="checkbox" name="agreed" id="id_agreed"' in html


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("name", "", "Remplissez «\u00a0Nom\u00a0»"),
        ("email", "zoe@", "Écrivez une adresse e-mail complète, par exemple zoe@exemple.fr"),
        ("way", "", "Choisissez une réponse pour «\u00a0Réponse\u00a0»"),
        ("way", "pigeon", "Choisissez une réponse pour «\u00a0Réponse\u00a0»"),
        ("agreed", "", "Cochez la case «\u00a0J’ai lu les conditions\u00a0»"),
        ("starts_on", "demain", "Écrivez une date avec le jour, le mois et l’année, par exemple 12/02/2026"),
    ],
)
def test_an_error_says_what_to_do(name, value, message):
    assert sent(**{name: value}).errors == {name: [message]}


def test_a_message_that_a_form_wrote_itself_stays():
    class Own(PortalForm):
        name = forms.CharField(label="Nom", error_messages={"required": "Écrivez votre nom"})

    assert Own({}).errors == {"name": ["Écrivez votre nom"]}


def test_the_summary_links_each_error_to_its_field():
    html = render_to_string("core/ui/_errors.html", {"form": sent(name="", way="", email="zoe@")})
    assert "Il y a 3 erreurs à corriger" in html
    assert '<a href="#id_name">Remplissez «\u00a0Nom\u00a0»</a>' in html
    assert '<a href="#id_way_0">' in html
    assert 'role="alert" tabindex="-1" autofocus' in html


def test_one_error_is_told_in_the_singular():
    assert "Il y a une erreur à corriger" in render_to_string("core/ui/_errors.html", {"form": sent(name="")})


def test_faults_of_the_whole_form_and_of_hidden_fields_are_told_without_a_link():
    html = render_to_string("core/ui/_errors.html", {"form": sent(name="Personne", origin="")})
    assert "<li>Ce compte existe déjà.</li>" in html
    assert "<li>Remplissez «\u00a0Origin\u00a0»</li>" in html


def test_the_summary_is_absent_from_a_form_not_yet_sent():
    assert render_to_string("core/ui/_errors.html", {"form": Signing()}).strip() == ""


@pytest.mark.parametrize("text", ["2026-02-12", "12/02/2026", "12/02/26"])
def test_a_day_is_understood_with_or_without_a_picker(text):
    form = sent(starts_on=text)
    assert form.is_valid()
    assert form.cleaned_data["starts_on"] == dt.date(2026, 2, 12)


def test_a_day_is_written_as_the_browser_reads_it():
    html = str(Signing(initial={"starts_on": dt.date(2026, 2, 12)})["starts_on"])
    assert 'type="date"' in html
    assert 'value="2026-02-12"' in html


def test_what_was_typed_comes_back_escaped():
    html = str(sent(email='"><script>'))
    assert "<script>" not in html
