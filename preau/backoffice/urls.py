"""Addresses of the area."""

from django.urls import path

from preau.backoffice.views import staff

app_name = "backoffice"
urlpatterns = [path("mairie/", staff.desk, name="desk")]
