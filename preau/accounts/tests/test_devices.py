"""What a browser says of itself, in words that its owner recognises."""

import pytest

from preau.accounts.devices import describe

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0", "Téléphone Android, Firefox"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36", "Téléphone Android, Chrome"),
        (f"Mozilla/5.0 (Linux; Android 13; SM-X200) {CHROME} Safari/537.36", "Tablette Android, Chrome"),
        (
            "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36",
            "Téléphone Android, Samsung Internet",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5 Mobile Safari/604",
            "Téléphone Apple, Safari",
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1 CriOS/126.0 Mobile Safari",
            "Tablette Apple, Chrome",
        ),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/126.0", "Ordinateur Windows, Edge"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605 Version/17.5 Safari/605",
            "Ordinateur Mac, Safari",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Ordinateur Linux, Firefox"),
        (f"Mozilla/5.0 (X11; CrOS x86_64) {CHROME} Safari/537.36", "Ordinateur Chromebook, Chrome"),
        ("curl/8.5.0", "Appareil inconnu"),
        ("", "Appareil inconnu"),
        ("Mobile" * 5000, "Téléphone"),
    ],
)
def test_a_device_is_told_in_words(user_agent: str, words: str) -> None:
    assert describe(user_agent) == words
