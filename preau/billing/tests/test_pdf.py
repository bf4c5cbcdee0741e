"""The printed invoice: what it says, that anyone can read it, and that nothing in the data can disturb it."""

import dataclasses
import datetime as dt
import io
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from preau.billing.pdf import CarriedLine, DocumentGroup, DocumentKind, DocumentLine, InvoiceDocument, invoice_pdf
from preau.core.typesetting import UNDRAWABLE, compiler_of, drawable

VILLEPREUX = InvoiceDocument(
    kind=DocumentKind.INVOICE,
    number="PERI2105",
    period="Mai 2021",
    issued_on=dt.date(2021, 6, 1),
    due_on=dt.date(2021, 6, 30),
    town="Villepreux",
    accent="#0b6a5a",
    regie_name="Régie enfance et éducation",
    regie_address="1 place de la Mairie, 78450 Villepreux",
    regie_phone="01 00 00 00 00",
    regie_email="regie@exemple.fr",
    family_number="1084-3154",
    quotient="742 (CAF, janvier 2021)",
    payer_name="PINCEAU Zoé",
    payer_lines=("Madame Zoé PINCEAU", "12 rue des Écoles", "78450 VILLEPREUX"),
    groups=(
        DocumentGroup(
            "Mylis PINCEAU, CE1, élémentaire Gérard-Philipe",
            (
                DocumentLine("Accueil du soir", "6, 8, 9 mai · tranche 3", 12, 455, 5460),
                DocumentLine("Restauration scolaire", "Tous les jours d’école · tranche 3", 14, 472, 6608),
                DocumentLine("Mercredi, journée", "5, 12, 19, 26 mai · tranche 3", 4, 1591, 6364),
            ),
        ),
    ),
    total_cents=18432,
    carried=(CarriedLine("Report et avoirs", 0),),
    care_cents=10288,
    food_cents=8144,
    pay_url="https://famille.exemple.fr/factures/PERI2105/payer/",
    how_to_pay=("En ligne : famille.exemple.fr, rubrique Facturation.", "À la régie, du lundi au vendredi."),
    help_lines=("Pour payer en plusieurs fois, appelez la régie.",),
)


def reader(document: InvoiceDocument) -> Any:
    return PdfReader(io.BytesIO(invoice_pdf(document)))


def text_of(document: InvoiceDocument) -> str:
    """The words of the PDF, whatever the lines they are on."""
    return " ".join("\n".join(page.extract_text() for page in reader(document).pages).split())


def line(label: str, details: str = "") -> DocumentLine:
    return DocumentLine(label, details, 1, 100, 100)


def with_lines(*lines: DocumentLine) -> InvoiceDocument:
    return dataclasses.replace(VILLEPREUX, groups=(DocumentGroup("Mylis", lines),))


def elements_of(document: InvoiceDocument) -> list[dict[str, Any]]:
    """All structure elements, in reading order."""
    elements: list[dict[str, Any]] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if "/S" in node:
                elements.append(node)
            walk(node.get("/K"))

    walk(reader(document).trailer["/Root"]["/StructTreeRoot"])
    return elements


def test_the_invoice_of_the_guide_is_printed_line_by_line() -> None:
    text = text_of(VILLEPREUX)
    for words in (
        "Accueil du soir 6, 8, 9 mai · tranche 3 12 4,55 € 54,60 €",
        "Restauration scolaire Tous les jours d’école · tranche 3 14 4,72 € 66,08 €",
        "Mercredi, journée 5, 12, 19, 26 mai · tranche 3 4 15,91 € 63,64 €",
        "Total de la période 184,32 €",
        "Report et avoirs 0,00 €",
        "Net à payer 184,32 €",
        "À payer avant le 30 juin 2021 184,32 €",
        "Dont garde : 102,88 € · Dont repas : 81,44 € · TVA non applicable.",
    ):
        assert words in text


def test_the_invoice_says_from_whom_to_whom_and_for_what() -> None:
    text = text_of(VILLEPREUX)
    for words in (
        "Villepreux Régie enfance et éducation 1 place de la Mairie, 78450 Villepreux",
        "01 00 00 00 00 · regie@exemple.fr",
        "Facture PERI2105",
        "Période Mai 2021",
        "Émise le 1er juin 2021",
        "Dossier 1084-3154",
        "Quotient retenu 742 (CAF, janvier 2021)",
        "Madame Zoé PINCEAU 12 rue des Écoles 78450 VILLEPREUX",
        "Mylis PINCEAU, CE1, élémentaire Gérard-Philipe",
        "En ligne : famille.exemple.fr, rubrique Facturation.",
        "Nom PINCEAU Zoé",
        "Page 1 sur 1",
    ):
        assert words in text


def test_the_pdf_is_tagged_titled_and_in_french() -> None:
    made = reader(VILLEPREUX)
    root = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr-FR"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert made.metadata is not None
    assert made.metadata.title == "Facture PERI2105, Villepreux"
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()


def test_a_screen_reader_finds_headings_a_table_and_lists() -> None:
    tags = [str(element["/S"]) for element in elements_of(VILLEPREUX)]
    assert [tag for tag in tags if re.fullmatch(r"/H\d", tag)] == ["/H1", "/H2", "/H2"]
    assert tags.count("/Table") == 1
    assert tags.count("/TH") == 5  # four columns and the child
    assert tags.count("/L") == 2  # the references and the ways to pay


def test_all_pictures_have_a_text() -> None:
    logo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'
    elements = elements_of(dataclasses.replace(VILLEPREUX, logo_svg=logo))
    assert [element["/Alt"] for element in elements if element["/S"] == "/Figure"] == [
        "Logo de Villepreux",
        "Code QR : ouvrir le paiement de cette facture",
    ]


def test_the_code_opens_the_payment_page() -> None:
    links = [note.get_object() for note in reader(VILLEPREUX).pages[0]["/Annots"]]
    assert [link["/A"]["/URI"] for link in links] == [VILLEPREUX.pay_url]


def test_without_online_payment_there_is_no_code() -> None:
    assert "/Annots" not in reader(dataclasses.replace(VILLEPREUX, pay_url="")).pages[0]


def with_children(*counts: int) -> InvoiceDocument:
    """Children with so many lines each, of a month's length."""
    days = "6, 8, 9, 13, 15, 16, 20, 22, 23, 27, 29, 30 janvier · tranche 3"
    groups = tuple(
        DocumentGroup(f"Enfant {child}", tuple(line(f"Prestation {number}", days) for number in range(count)))
        for child, count in enumerate(counts)
    )
    return dataclasses.replace(VILLEPREUX, groups=groups)


@pytest.mark.parametrize("counts", [(4,), (5,), (12,), (6, 6), (4, 4, 4)])
def test_a_dozen_lines_leave_how_to_pay_and_the_slip_on_the_same_page(counts: tuple[int, ...]) -> None:
    assert len(reader(with_children(*counts)).pages) == 1


def test_the_slip_moves_as_a_whole_to_the_next_page() -> None:
    first, last = (page.extract_text() for page in reader(with_children(7, 7, 3)).pages)
    for words in ("à détacher", "PINCEAU Zoé", "Montant\n184,32"):
        assert words in last
    assert "à détacher" not in first


def test_a_long_invoice_repeats_its_headings_on_every_page() -> None:
    groups = tuple(
        DocumentGroup(f"Enfant {child}", tuple(line(f"Prestation {child}-{row}") for row in range(40)))
        for child in range(3)
    )
    pages = [page.extract_text() for page in reader(dataclasses.replace(VILLEPREUX, groups=groups)).pages]
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} sur {len(pages)}" in page
        for child in range(3):
            if f"Prestation {child}-" in page:
                assert "Prix unitaire" in page
                assert f"Enfant {child}" in page
    assert "Facture PERI2105, suite" in pages[1]
    assert len(re.findall(r"Prestation \d-\d+", "".join(pages))) == 120


@pytest.mark.parametrize(
    "hostile",
    [
        "#panic()",
        "#include sys.inputs.data",
        "$ x^2 $",
        "*gras* _penché_ `code`",
        "<label> @renvoi",
        "= Titre",
        "// commentaire /* ici */",
        '") #read("invoice.typ") ("',
        "\\u{41} \\",
        "]#strong[a",
        '{"data": 1}',
        "</svg><script>",
    ],
)
def test_data_are_printed_as_they_are_and_never_run(hostile: str) -> None:
    everywhere = dataclasses.replace(
        VILLEPREUX,
        town=hostile,
        number=hostile,
        payer_name=hostile,
        payer_lines=(hostile,),
        how_to_pay=(hostile,),
        groups=(DocumentGroup(hostile, (line(hostile, hostile),)),),
    )
    printed = "".join(page.extract_text() for page in reader(everywhere).pages)
    assert re.sub(r"\s", "", printed).count(re.sub(r"\s", "", hostile)) >= 8


@pytest.mark.parametrize("name", ["Łukasz Şahin", "Đỗ Thị Nguyễn Vũ", "Ωμέγα", "Иван", "N\u0303uñez", "Œuf & Ægir ½"])
def test_names_from_elsewhere_are_printed(name: str) -> None:
    assert re.sub(r"\s", "", drawable(name)) in re.sub(r"\s", "", text_of(with_lines(line(name))))


def test_the_fonts_are_the_projects() -> None:
    fonts = {font["/BaseFont"].split("+")[1] for font in reader(VILLEPREUX).pages[0]["/Resources"]["/Font"].values()}
    assert fonts == {
        "PreauTexte-Regular",
        "PreauTexte-Bold",
        "AtkinsonHyperlegibleNext-Regular",
        "AtkinsonHyperlegibleNext-Bold",
        "BricolageGrotesque-Bold",
    }


@pytest.mark.parametrize("name", ["Zoé 😀", "محمد", "李", "a\x00b", "\u202eéoZ", "\ue000", "\ud800"])
def test_a_letter_that_no_font_draws_does_not_stop_the_invoice(name: str) -> None:
    assert "\ufffd" in text_of(with_lines(line(name)))


def test_every_letter_said_drawable_is_drawn() -> None:
    # The compiler is the judge: it refuses a PDF/UA with a letter that it cannot draw.
    letters = [chr(code) for code in range(0x20, 0x2300) if not UNDRAWABLE.match(chr(code))]
    assert len(letters) > 1500
    invoice_pdf(with_lines(*(line(" ".join(letters[start : start + 100])) for start in range(0, len(letters), 100))))


@given(st.text(max_size=60))
@settings(max_examples=40)
def test_no_text_at_all_stops_the_invoice(text: str) -> None:
    invoice_pdf(dataclasses.replace(with_lines(line(text, text)), payer_lines=(text,), payer_name=text, number=text))


def test_a_word_too_long_for_its_column_is_cut_inside_the_page() -> None:
    document = dataclasses.replace(with_lines(line("W" * 300)), payer_name="M" * 100)
    for page in reader(document).pages:
        longest = max(len(row) for row in page.extract_text().splitlines())
        assert longest < 120
    assert text_of(document).count("W") == 300


def test_the_same_document_gives_the_same_bytes() -> None:
    first = invoice_pdf(VILLEPREUX)
    invoice_pdf(dataclasses.replace(VILLEPREUX, number="PERI2106"))
    compiler_of.cache_clear()
    assert invoice_pdf(VILLEPREUX) == first


def test_threads_wait_for_each_other() -> None:
    documents = [dataclasses.replace(VILLEPREUX, number=f"PERI{number}") for number in range(12)]
    with ThreadPoolExecutor(6) as threads:
        assert all(made.startswith(b"%PDF") for made in threads.map(invoice_pdf, documents))


def test_the_pdf_bears_the_day_of_issue() -> None:
    made = reader(VILLEPREUX).metadata
    assert made is not None
    assert made.creation_date is not None
    assert made.creation_date.date() == VILLEPREUX.issued_on


def test_the_colour_is_the_towns() -> None:
    def drawn(accent: str) -> bytes:
        return bytes(reader(dataclasses.replace(VILLEPREUX, accent=accent)).pages[0].get_contents().get_data())

    assert b"0.5411765 0.16862746 0.35686275" in drawn("#8a2b5b")
    assert b"0.5411765 0.16862746 0.35686275" not in drawn("#0b6a5a")


@pytest.mark.parametrize("accent", ["red", "#fff", "#0b6a5a;", "", '"+x+"'])
def test_only_a_colour_is_a_colour(accent: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        dataclasses.replace(VILLEPREUX, accent=accent)


def test_a_credit_lowers_what_is_asked() -> None:
    text = text_of(dataclasses.replace(VILLEPREUX, carried=(CarriedLine("Avoir A-12", -8432),)))
    assert "Avoir A-12 − 84,32 €" in text
    assert "À payer avant le 30 juin 2021 100,00 €" in text


def test_an_invoice_covered_by_a_credit_asks_for_nothing() -> None:
    text = text_of(dataclasses.replace(VILLEPREUX, carried=(CarriedLine("Avoir A-12", -20000),)))
    assert "Rien à payer 0,00 €" in text
    assert "Reste en votre faveur 15,68 €" in text
    assert "à détacher" not in text
    assert "Comment payer" not in text


def test_a_credit_note_asks_for_nothing_and_names_what_it_corrects() -> None:
    note = dataclasses.replace(
        VILLEPREUX, kind=DocumentKind.CREDIT_NOTE, number="A-12", corrects="PERI2105", carried=(), due_on=None
    )
    text = text_of(note)
    assert "Avoir A-12" in text
    assert "Corrige la facture PERI2105" in text
    assert "Avoir en votre faveur 184,32 €" in text
    assert "Montant de l’avoir 184,32 €" in text
    assert "à détacher" not in text


def test_a_logo_that_is_not_a_picture_is_refused() -> None:
    with pytest.raises(typst.TypstError):
        invoice_pdf(dataclasses.replace(VILLEPREUX, logo_svg="<p>"))
