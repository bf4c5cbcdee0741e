"""Addresses of the demonstration."""

from django.urls import path

from preau.accounts.views import demonstration

app_name = "demonstration"
urlpatterns = [path("codes-des-agents/", demonstration.codes, name="codes")]
