"""SOAP 1.1, document/literal: reading the three requests, writing answers and faults as the true service does."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
SERVICE = (
    "http://securite.service.tpa.cp.finances.gouv.fr"
    "/services/mas_securite/contrat_paiement_securise/PaiementSecuriseService"
)
EXCEPTIONS = "fr.gouv.finances.cp.tpa.webservice.exceptions"

ET.register_namespace("S", ENVELOPE)
ET.register_namespace("p", SERVICE)


class Unreadable(Exception):
    """Not a request of this service."""


def read(body: bytes) -> tuple[str, dict[str, str]]:
    """The operation asked for, and its fields. Names are exact: `idop` is not `idOp`. Raises Unreadable."""
    try:
        root = ET.fromstring(body)  # noqa: S314 (only ever faces our own client)
    except ET.ParseError as error:
        raise Unreadable(str(error)) from error
    request = root.find(f"{{{ENVELOPE}}}Body/*")
    if root.tag != f"{{{ENVELOPE}}}Envelope" or request is None or not request.tag.startswith(f"{{{SERVICE}}}"):
        raise Unreadable("no request in the envelope")
    fields = {child.tag: (child.text or "").strip() for child in request.findall("arg0/*")}
    return request.tag.removeprefix(f"{{{SERVICE}}}"), fields


def answer(operation: str, fields: Mapping[str, str]) -> bytes:
    """The answer to `operation`; an empty field is left out."""
    envelope, body = _envelope()
    returned = ET.SubElement(ET.SubElement(body, f"{{{SERVICE}}}{operation}Response"), "return")
    for name, value in fields.items():
        if value:
            ET.SubElement(returned, name).text = value
    return _bytes(envelope)


def fault(kind: str, code: str, words: str) -> bytes:
    """A fault of `kind`: FonctionnelleErreur, TechIndisponibiliteErreur…"""
    envelope, body = _envelope()
    node = ET.SubElement(body, f"{{{ENVELOPE}}}Fault")
    ET.SubElement(node, "faultcode").text = "S:Server"
    ET.SubElement(node, "faultstring").text = f"{EXCEPTIONS}.{kind}"
    error = ET.SubElement(ET.SubElement(node, "detail"), f"{{{SERVICE}}}{kind}")
    for name, value in (("code", code), ("descriptif", words), ("libelle", words), ("message", ""), ("severite", "2")):
        ET.SubElement(error, name).text = value
    return _bytes(envelope)


def _envelope() -> tuple[ET.Element, ET.Element]:
    envelope = ET.Element(f"{{{ENVELOPE}}}Envelope")
    return envelope, ET.SubElement(envelope, f"{{{ENVELOPE}}}Body")


def _bytes(envelope: ET.Element) -> bytes:
    text: bytes = ET.tostring(envelope, "utf-8", xml_declaration=True)
    return text
