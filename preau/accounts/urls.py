"""Addresses of the area."""

from django.urls import path

from preau.accounts.views import franceconnect, protection, public, second_factor

app_name = "accounts"
urlpatterns = [
    path("connexion/", public.sign_in, name="login"),
    path("connexion/code/", second_factor.second_factor, name="second_factor"),
    path("connexion/code-de-secours/", second_factor.recovery_code, name="recovery_code"),
    path("connexion/cle-acces/", second_factor.passkey, name="passkey"),
    path("deconnexion/", public.sign_out, name="logout"),
    path("arrivee/", public.landing, name="landing"),
    path("franceconnect/", franceconnect.start, name="franceconnect"),
    path("franceconnect/retour/", franceconnect.come_back, name="franceconnect_return"),
    path("franceconnect/nouveau/", franceconnect.unknown, name="franceconnect_unknown"),
    path("franceconnect/relier/", franceconnect.link, name="franceconnect_link"),
    path("franceconnect/deconnexion/", franceconnect.signed_out, name="franceconnect_signed_out"),
    path("mon-compte/franceconnect/", franceconnect.account, name="franceconnect_account"),
    path("mon-compte/protection/", protection.protection, name="protection"),
    path("mon-compte/protection/application/", protection.add_app, name="add_app"),
    path("mon-compte/protection/cle-acces/", protection.add_passkey, name="add_passkey"),
    path("mon-compte/protection/codes-de-secours/", protection.recovery_codes, name="recovery_codes"),
    path("mon-compte/protection/retirer/", protection.remove_factor, name="remove_factor"),
]
