"""Addresses of the town's own look."""

from django.urls import path

from preau.town.views import public

app_name = "town"
urlpatterns = [
    path("theme.css", public.theme, name="theme"),
]
