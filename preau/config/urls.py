"""Root addresses: French paths that can be read aloud, English names."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path

from preau.portal.views import errors

# Tried in order: what opens at eight on the first morning comes first.
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("preau.bookings.urls")),
    path("", include("preau.portal.urls")),
    path("", include("preau.town.urls")),
    path("", include("preau.accounts.urls")),
    path("", include("preau.families.urls")),
    path("", include("preau.demarches.urls")),
    path("", include("preau.registration.urls")),
    path("", include("preau.members.urls")),
    path("", include("preau.health.urls")),
    path("", include("preau.documents.urls")),
    path("", include("preau.enrolments.urls")),
    path("", include("preau.checklist.urls")),
    path("", include("preau.billing.urls")),
    path("", include("preau.privacy.urls")),
    path("", include("preau.backoffice.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("", include("preau.notifications.urls")))
    urlpatterns.append(path("", include("preau.accounts.demonstration_urls")))

if settings.MAINTENANCE:
    urlpatterns = [re_path("", errors.maintenance)]

handler400 = "preau.portal.views.errors.bad_request"
handler403 = "preau.portal.views.errors.forbidden"
handler404 = "preau.portal.views.errors.not_found"
handler500 = "preau.portal.views.errors.server_error"
