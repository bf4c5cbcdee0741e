"""Addresses of the area."""

from django.urls import path

from preau.billing.views import family, payfip, staff

app_name = "billing"
urlpatterns = [
    path("factures/", family.invoices, name="invoices"),
    path("factures/historique/", family.history, name="history"),
    path("factures/payer/", family.pay, name="pay"),
    path("factures/<slug:invoice_code>/", family.invoice, name="invoice"),
    path("factures/<slug:invoice_code>/facture.pdf", family.invoice_file, name="invoice_pdf"),
    path("paiements/payfip/notification/", payfip.notification, name="payfip_notify"),
    path("paiements/payfip/retour/", payfip.comeback, name="payfip_return"),
    path("paiements/<slug:attempt_code>/", family.payment, name="payment"),
    path("paiements/<slug:attempt_code>/retour/", family.payment_return, name="payment_return"),
    path("mairie/factures/", staff.campaigns, name="campaigns"),
    path("mairie/factures/<slug:campaign_code>/", staff.campaign, name="campaign"),
    path("mairie/factures/<slug:campaign_code>/calculer/", staff.draft, name="campaign_draft"),
    path("mairie/factures/<slug:campaign_code>/abandonner/", staff.drop, name="campaign_drop"),
    path("mairie/factures/<slug:campaign_code>/apercu/", staff.preview, name="campaign_preview"),
    path("mairie/factures/<slug:campaign_code>/emettre/", staff.issue, name="campaign_issue"),
    path("mairie/factures/<slug:campaign_code>/<slug:invoice_code>/", staff.bill, name="bill"),
    path("mairie/factures/<slug:campaign_code>/<slug:invoice_code>/facture.pdf", staff.bill_file, name="bill_pdf"),
    path("mairie/paiements/", staff.payments, name="payments"),
    path("mairie/paiements/<slug:attempt_code>/verifier/", staff.check, name="payment_check"),
]
