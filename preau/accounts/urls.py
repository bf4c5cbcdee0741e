"""Addresses of the area."""

from django.urls import path

from preau.accounts.views import account, franceconnect, protection, public, second_factor

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
    path("mot-de-passe-oublie/", public.forgotten, name="forgotten"),
    path("mot-de-passe-oublie/<str:link_token>/", public.choose_password, name="choose_password"),
    path("adresse-e-mail/confirmer/<str:link_token>/", public.confirm_email, name="confirm_email"),
    path("adresse-e-mail/revenir/<str:link_token>/", public.undo_email, name="undo_email"),
    path("conditions/", account.accept_conditions, name="conditions"),
    path("reprise/", account.resume, name="resume"),
    path("mon-compte/", account.account, name="account"),
    path("mon-compte/confirmer/", account.confirm, name="confirm"),
    path("mon-compte/identite/", account.names, name="names"),
    path("mon-compte/adresse-e-mail/", account.email, name="email"),
    path("mon-compte/adresse-e-mail/abandonner/", account.cancel_email, name="cancel_email"),
    path("mon-compte/mot-de-passe/", account.password, name="password"),
    path("mon-compte/affichage/", account.display, name="display"),
    path("mon-compte/appareils/", account.devices, name="devices"),
    path("mon-compte/appareils/deconnecter-les-autres/", account.end_other_devices, name="end_other_devices"),
    path("mon-compte/appareils/<str:session_code>/deconnecter/", account.end_device, name="end_device"),
]
