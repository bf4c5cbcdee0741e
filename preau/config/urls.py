"""Root addresses: French paths that can be read aloud, English names."""

from django.urls import include, path

urlpatterns = [
    path("", include("preau.town.urls")),
]
