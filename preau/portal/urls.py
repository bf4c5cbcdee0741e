"""Addresses of the area."""

from django.urls import path

from preau.portal.views import child, dossier, family, public

app_name = "portal"
urlpatterns = [
    path("", public.welcome, name="welcome"),
    path("accueil/", family.home, name="home"),
    path("dossier/", dossier.dossier, name="dossier"),
    path("dossier/demarches/", dossier.demarches, name="demarches"),
    path("dossier/enfants/<slug:who>/", child.child, name="child"),
    path("aide/", public.help_page, name="help"),
    path("plan-du-site/", public.sitemap, name="sitemap"),
    path("delais/", public.notices, name="notices"),
    path("accessibilite/", public.accessibility, name="accessibility"),
    path("donnees-personnelles/", public.privacy, name="privacy"),
    path("mentions-legales/", public.legal, name="legal"),
    path("textes/<slug:published_code>/<int:version>/", public.text, name="text"),
]
