"""Addresses of the area."""

from django.urls import URLPattern

app_name = "enrolments"
urlpatterns: list[URLPattern] = []
