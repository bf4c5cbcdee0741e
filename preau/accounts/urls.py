"""Addresses of the area."""

from django.urls import path

from preau.accounts.views import franceconnect, public

app_name = "accounts"
urlpatterns = [
    path("connexion/", public.sign_in, name="login"),
    path("deconnexion/", public.sign_out, name="logout"),
    path("arrivee/", public.landing, name="landing"),
    path("franceconnect/", franceconnect.start, name="franceconnect"),
    path("franceconnect/retour/", franceconnect.come_back, name="franceconnect_return"),
    path("franceconnect/nouveau/", franceconnect.unknown, name="franceconnect_unknown"),
    path("franceconnect/relier/", franceconnect.link, name="franceconnect_link"),
    path("franceconnect/deconnexion/", franceconnect.signed_out, name="franceconnect_signed_out"),
    path("mon-compte/franceconnect/", franceconnect.account, name="franceconnect_account"),
]
