"""May a town take this colour? Contrasts of WCAG 2.1 AA on every pair that the design draws with it.

The other colours come from preau.css, so that the check and the pages cannot part. The shades derived from the accent
are worked out as browsers do (oklch, or color-mix in older ones) and both are checked.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SHEET = Path(__file__).parent / "static/preau/preau.css"
TEXT, GRAPHIC = 4.5, 3.0

Rgb = tuple[float, float, float]
Lab = tuple[float, float, float]

WHITE: Rgb = (1.0, 1.0, 1.0)
BLACK: Rgb = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Derived:
    """The shades of an accent, as `#rrggbb`, for browsers that cannot derive them."""

    accent_fort: str
    accent_doux: str
    voile: str


def derived(accent: str) -> Derived:
    """Raises ValueError when `accent` is not a colour."""
    colour = rgb(accent)
    return Derived(hexadecimal(strong(colour)), hexadecimal(shade(colour, 0.93, 0.034)), hexadecimal(veil(colour)))


def faults(accent: str) -> list[str]:
    """Why a town may not take this colour, in French; empty when it may."""
    try:
        colour = rgb(accent)
    except ValueError:
        return ["Écrivez la couleur avec un dièse et six signes, par exemple #1d4f91."]
    found = [
        f"{NAMES[front]} sur {BEHIND[back]} : contraste {figure(ratio)}, il faut {figure(least)}."
        for front, back, least, ratio in measures(colour)
        if ratio < least
    ]
    if looks_like_an_error(colour):
        found.append("Couleur trop proche du rouge des erreurs : choisissez plus violet, plus brun ou plus sombre.")
    return list(dict.fromkeys(found))


def darker(accent: str) -> str:
    """A close darker colour that passes, or `accent` itself if it does. Raises ValueError when it is no colour.

    A red is first turned towards violet or brown: darkened alone, it would have to become almost black."""
    colour = rgb(accent)
    starts = [colour]
    if looks_like_an_error(colour):
        starts += [with_hue(colour, error_hue() + turn) for turn in (-ERROR_HUES - 1, ERROR_HUES + 1)]
    return min((darkened(start) for start in starts), key=lambda code: math.dist(oklab(rgb(code)), oklab(colour)))


def darkened(colour: Rgb) -> str:
    steps = (hexadecimal(mix(colour, share / 100, BLACK)) for share in range(100, -1, -2))
    return next(step for step in steps if not faults(step))


# What is drawn on what

NAMES = {
    "accent": "La couleur",
    "accent-fort": "La couleur foncée",
    "sur-accent": "Le blanc des boutons",
    "encre": "Le texte",
    "encre-2": "Le texte secondaire",
    "trait-champ": "Le bord des champs",
}
BEHIND = {
    "accent": "la couleur",
    "accent-fort": "la couleur foncée",
    "accent-doux": "la couleur claire",
    "papier": "le blanc",
    "voile": "le fond de page",
    "gris-fond": "le gris",
    "soleil-doux": "le jaune pâle",
    "hachures": "les hachures",
}

PAIRS: tuple[tuple[str, str, float], ...] = (
    *(("encre", back, TEXT) for back in ("voile", "accent-doux")),
    *(("encre-2", back, TEXT) for back in ("voile", "accent-doux")),
    *(("accent", back, TEXT) for back in ("papier", "voile", "gris-fond", "soleil-doux", "hachures")),
    ("sur-accent", "accent", TEXT),
    ("sur-accent", "accent-fort", TEXT),
    ("accent-fort", "accent-doux", TEXT),
    ("trait-champ", "voile", GRAPHIC),
    ("accent", "accent-doux", GRAPHIC),
)


def measures(colour: Rgb) -> Iterator[tuple[str, str, float, float]]:
    """Every pair that depends on the accent, with the contrast it needs and the one it has."""
    for soft, back in (
        (shade(colour, 0.93, 0.034), veil(colour)),
        (mix(colour, 0.14, WHITE), mix(colour, 0.05, WHITE)),
    ):
        drawn = tokens() | {"accent": colour, "accent-fort": strong(colour), "accent-doux": soft, "voile": back}
        for front, behind, least in PAIRS:
            yield front, behind, least, contrast(drawn[front], drawn[behind])


@cache
def tokens() -> dict[str, Rgb]:
    """The colours of preau.css by name, before any derivation."""
    fixed = SHEET.read_text(encoding="utf-8").split("@supports")[0]
    found = {name: rgb(code) for name, code in re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})\b", fixed)}
    red, green, blue = found["encre"]
    return found | {"hachures": (1 - 0.078 * (1 - red), 1 - 0.078 * (1 - green), 1 - 0.078 * (1 - blue))}


def strong(colour: Rgb) -> Rgb:
    return mix(colour, 0.7, rgb("#120e22"))


def veil(colour: Rgb) -> Rgb:
    return shade(colour, 0.98, 0.009)


ERROR_HUES = 14.0  # degrees around the red of errors


def looks_like_an_error(colour: Rgb) -> bool:
    """Whether the hue is that of errors, on a colour vivid enough for it to show."""
    _, a, b = oklab(colour)
    gap = (math.degrees(math.atan2(b, a)) - error_hue() + 180) % 360 - 180
    return math.hypot(a, b) > 0.09 and abs(gap) < ERROR_HUES


def error_hue() -> float:
    """In degrees."""
    _, a, b = oklab(tokens()["rouge"])
    return math.degrees(math.atan2(b, a))


# Colour arithmetic: sRGB components are 0 to 1; OKLab is Björn Ottosson's


def rgb(code: str) -> Rgb:
    """`#1d4f91`, `1d4f91` or `#149` as components. Raises ValueError otherwise."""
    digits = code.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if not re.fullmatch(r"[0-9a-fA-F]{6}", digits):
        raise ValueError(f"not a colour: {code}")
    red, green, blue = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    return red, green, blue


def hexadecimal(colour: Rgb) -> str:
    return "#" + "".join(f"{round(component * 255):02x}" for component in colour)


def figure(ratio: float) -> str:
    """Rounded down, so that a contrast which is not enough never reads as enough."""
    return f"{math.floor(ratio * 10) / 10:.1f}".replace(".", ",")


def linear(component: float) -> float:
    return component / 12.92 if component <= 0.04045 else ((component + 0.055) / 1.055) ** 2.4


def gamma(component: float) -> float:
    bounded = min(1.0, max(0.0, component))
    return 12.92 * bounded if bounded <= 0.0031308 else 1.055 * bounded ** (1 / 2.4) - 0.055


def luminance(colour: Rgb) -> float:
    red, green, blue = map(linear, colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    darkest, lightest = sorted((luminance(one), luminance(other)))
    return (lightest + 0.05) / (darkest + 0.05)


def oklab(colour: Rgb) -> Lab:
    red, green, blue = map(linear, colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
    )


def from_oklab(lightness: float, a: float, b: float) -> Rgb:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
    return (
        gamma(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        gamma(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        gamma(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
    )


def mix(one: Rgb, share: float, other: Rgb) -> Rgb:
    """`color-mix(in oklab, one share, other)`."""
    lightness, a, b = (x * share + y * (1 - share) for x, y in zip(oklab(one), oklab(other), strict=True))
    return from_oklab(lightness, a, b)


def with_hue(colour: Rgb, degrees: float) -> Rgb:
    lightness, a, b = oklab(colour)
    chroma, hue = math.hypot(a, b), math.radians(degrees)
    return from_oklab(lightness, chroma * math.cos(hue), chroma * math.sin(hue))


def shade(colour: Rgb, lightness: float, most_chroma: float) -> Rgb:
    """`oklch(from colour lightness min(c, most_chroma) h)`."""
    _, a, b = oklab(colour)
    chroma, hue = math.hypot(a, b), math.atan2(b, a)
    chroma = min(chroma, most_chroma)
    return from_oklab(lightness, chroma * math.cos(hue), chroma * math.sin(hue))
