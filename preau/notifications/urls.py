"""Addresses of the area: those of the demonstration."""

from django.urls import path

from preau.notifications.views import public

app_name = "notifications"
urlpatterns = [
    path("boite-aux-lettres/", public.mailbox, name="mailbox"),
    path("boite-aux-lettres/<slug:name>/", public.mail, name="mail"),
    path("boite-aux-lettres/<slug:name>/courriel.html", public.mail_as_sent, name="mail_as_sent"),
]
