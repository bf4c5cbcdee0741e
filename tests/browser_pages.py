"""Pages with one fault each, for the tests of the visitor."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

PAGE = """<!doctype html><html lang="fr"><head><title>Essai</title></head>
<body><main><h1>Essai</h1>{}</main></body></html>"""

BODIES = {
    "sound": "<p>Rien à redire.</p>",
    "inline-style": '<p style="color: red">Rouge</p>',
    "inline-script": "<script>document.title = 'Autre'</script>",
    "picture-without-text": '<img src="/absent.png">',
    "wide": '<svg width="2000" height="10" role="img" aria-label="Large"></svg>',
}


def page(body: str) -> Callable[[HttpRequest], HttpResponse]:
    @login_not_required
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(PAGE.format(body))

    return view


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE.format(""), status=500)


@login_not_required
def name(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE.format(f"<p>{request.user}</p>"))


urlpatterns = [path(f"{key}/", page(body)) for key, body in BODIES.items()]
urlpatterns += [path("broken/", broken), path("name/", name)]
