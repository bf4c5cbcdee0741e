import re

from django.test import Client
from django.urls import reverse

from preau.billing.models import Invoice, PaymentAttempt
from preau.billing.testing import PayingHousehold

NBSP = "\u00a0"


def signed_in(household: PayingHousehold) -> Client:
    client = Client()
    client.force_login(household.user)
    return client


def text_of(response) -> str:
    """What a person reads, on one line, with plain spaces."""
    body = re.sub(r"(?s)<head>.*?</head>|<svg.*?</svg>|<[^>]+>", " ", response.content.decode())
    return " ".join(body.replace(NBSP, " ").replace("&nbsp;", " ").replace("&#x27;", "'").split())


def pay_url(*invoices: Invoice) -> str:
    return reverse("billing:pay") + "?" + "&".join(f"facture={invoice.code}" for invoice in invoices)


def begin(client: Client, *invoices: Invoice) -> PaymentAttempt:
    client.post(reverse("billing:pay"), {"facture": [invoice.code for invoice in invoices]})
    return PaymentAttempt.objects.latest("pk")


def come_back(client: Client, attempt: PaymentAttempt) -> str:
    return text_of(client.get(reverse("billing:payment_return", args=[attempt.code])))
