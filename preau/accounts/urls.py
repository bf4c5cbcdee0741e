"""Addresses of the area."""

from django.urls import path

from preau.accounts.views import public

app_name = "accounts"
urlpatterns = [
    path("connexion/", public.sign_in, name="login"),
    path("deconnexion/", public.sign_out, name="logout"),
    path("arrivee/", public.landing, name="landing"),
]
