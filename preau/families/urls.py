"""Addresses of the area."""

from django.urls import path

from preau.families.views import family

app_name = "families"
urlpatterns = [
    path("mon-compte/souscriptions/", family.subscriptions, name="subscriptions"),
    path("mon-compte/consentements/", family.consents, name="consents"),
    path("mon-compte/consentements/quotient-familial/", family.quotient_consent, name="quotient_consent"),
    path("mon-compte/consentements/droit-a-l-image/<slug:who>/", family.image_consent, name="image_consent"),
]
