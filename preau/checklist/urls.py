"""Addresses of the area."""

from django.urls import path

from preau.checklist.views import family

app_name = "checklist"
urlpatterns = [
    path("dossier/a-faire/", family.todo, name="todo"),
]
