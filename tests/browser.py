"""A visitor in a real browser: goes to pages, and looks at them with a demanding eye."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, WebError, sync_playwright

from preau.accounts import testing as accounts
from preau.accounts.models import User

SCREENS = Path("build/screens")
HEIGHTS = {320: 568, 390: 844, 1280: 900}
TIMEOUT = 15_000  # milliseconds
PROGRAMS = ("chromium-headless-shell", "chromium")  # Debian's, the lighter first
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (violation) =>
  console.error(`CSP: ${violation.effectiveDirective} refuses ${violation.blockedURI} in ${violation.sourceFile}`))
"""
# What axe has nothing to say about stays in the browser: it is most of the answer.
VIOLATIONS = 'axe.run({ resultTypes: ["violations"] }).then(found => found.violations)'
UNLOADED = "Failed to load resource"  # said of every answer from 400 up, which the visitor judges by its kind


class Visitor:
    """One person at one screen. `faults` gathers what goes wrong behind the pages, until `look` or the end tells."""

    def __init__(self, context: BrowserContext, address: str, width: int, *, javascript: bool = True) -> None:
        self.context = context
        self.address = address
        self.width = width
        self.javascript = javascript
        self.faults: list[str] = []
        context.set_default_timeout(TIMEOUT)
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._hear)
        context.on("weberror", self._catch)
        context.on("response", self._receive)
        self.page: Page = context.new_page()

    def goto(self, path: str, *, status: int = 200) -> None:
        """Open a page of the portal, which must answer `status`."""
        response = self.page.goto(self.address + path)
        assert response is not None, f"{path} gave no answer"
        assert response.status == status, f"{path} answered {response.status}, not {status}"

    def resize(self, width: int) -> None:
        """The same page on another screen."""
        self.width = width
        self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})

    def look(self, name: str) -> None:
        """Fail on anything that a person, axe or the browser would complain of, and keep a picture of the page then.

        With PREAU_PICTURES=1, of every page. A visitor without scripts goes without axe, which is one."""
        wrong = self.wrongs(name)
        assert not wrong, "\n".join(wrong)

    def wrongs(self, name: str, *, with_axe: bool = True) -> list[str]:
        """What is wrong with the page, instead of failing."""
        self.page.wait_for_load_state("load")
        wrong = [*self._overflow(), *(self._barriers() if with_axe else []), *self.faults]
        self.faults.clear()
        if wrong or "PREAU_PICTURES" in os.environ:
            SCREENS.mkdir(parents=True, exist_ok=True)
            # The caret stays: hiding it takes an inline style, which the page's own policy refuses.
            self.page.screenshot(path=SCREENS / f"{name}-{self.width}.png", full_page=True, caret="initial")
        return [f"{name}, {self.page.url}, {self.width} px:", *wrong] if wrong else []

    def _overflow(self) -> list[str]:
        wide: int = self.page.evaluate("document.documentElement.scrollWidth")
        return [f"The page is {wide} px wide: it scrolls sideways."] if wide > self.width else []

    def _barriers(self) -> list[str]:
        if not self.javascript:
            return []
        self.page.evaluate(AXE_SCRIPT)
        found = AxeResults({"violations": self.page.evaluate(VIOLATIONS)})
        return [found.generate_report()] if found.violations_count else []

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(UNLOADED):
            self.faults.append(f"Console: {message.text}")

    def _catch(self, error: WebError) -> None:
        self.faults.append(f"Script: {error.error}")

    def _receive(self, response: Response) -> None:
        kind = response.request.resource_type
        if response.status >= 500 or (response.status >= 400 and kind != "document"):
            self.faults.append(f"{kind} {response.url} answered {response.status}")


def sign_in(visitor: Visitor, user: User) -> None:
    """Sign `user` in without the sign-in page, which has its own journey."""
    client = Client()
    accounts.sign_in(client, user)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    visitor.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": visitor.address}])


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    executable = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert executable, f"Chromium is missing: apt-get install {PROGRAMS[0]}"
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS + as_root)
        yield browser
        browser.close()


@contextmanager
def visit(browser: Browser, address: str, width: int, *, javascript: bool = True) -> Iterator[Visitor]:
    """A new visitor, with a browser of their own; what went wrong and was not looked at fails at the end."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        locale="fr-FR",
        timezone_id="Europe/Paris",
        reduced_motion="reduce",
        java_script_enabled=javascript,
    )
    visitor = Visitor(context, address, width, javascript=javascript)
    yield visitor
    context.close()
    assert not visitor.faults, "\n".join(visitor.faults)
