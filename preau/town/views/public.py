"""The town's colours, served after the common style sheet."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from preau.core.audience import public_page
from preau.core.colours import derived
from preau.town.context import town_of


@public_page
@require_safe
@cache_control(public=True, max_age=300)
def theme(request: HttpRequest) -> HttpResponse:
    """`:root` with the accent and the shades that older browsers can't compute."""
    accent = town_of(request).accent
    shades = derived(accent)
    modern = "@supports not (color:color-mix(in oklab,red,blue))"
    sheet = (
        f":root{{--accent:{accent}}}\n"
        f"{modern}{{:root{{--accent-fort:{shades.accent_fort};--accent-doux:{shades.accent_doux};"
        f"--voile:{shades.voile}}}}}\n"
    )
    return HttpResponse(sheet, content_type="text/css; charset=utf-8")
