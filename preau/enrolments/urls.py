"""Addresses of the area."""

from django.urls import path

from preau.enrolments.views import family

app_name = "enrolments"
urlpatterns = [
    path("inscriptions/", family.enrolments, name="list"),
    path("inscriptions/nouvelle/", family.new, name="new"),
]
