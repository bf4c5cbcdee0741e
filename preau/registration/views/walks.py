"""Ways to an account that are walked step after step: a draft on the server, which the session finds again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.db.models import TextChoices
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from preau.core.audience import public_page
from preau.registration.actions.drafting import (
    accept_text,
    cancel_registration,
    send_link_again,
    submit_registration,
)
from preau.registration.forms import AcceptForm
from preau.registration.models import Registration
from preau.registration.rules import may_open, open_step
from preau.registration.texts import read_text
from preau.town.choices import Proof, TextCode, WayIn
from preau.town.context import town_of

JUST_SENT = "Un courriel vient de partir. Attendez une minute avant d’en demander un autre."
SENT_AGAIN = "Le courriel est reparti. L’ancien lien ne marche plus."
TEXT_CHANGED = "Ce texte vient de changer. Lisez la nouvelle version, puis répondez."
ACCEPTS = {
    TextCode.TERMS: "J’ai lu et j’accepte les conditions d’utilisation",
    TextCode.PRIVACY: "J’ai pris connaissance de la politique de confidentialité de mes données personnelles",
}

StepView = Callable[[HttpRequest, Registration | None], HttpResponse]
Page = Callable[[HttpRequest], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Walk:
    """One of these ways: its steps in order, the recap last. `key` is that of the draft in the session; the page of a
    step is `registration:<prefix><step>`, those around them have the same prefix. `templates` are those that are not
    named after their step."""

    way: WayIn
    steps: type[TextChoices]
    key: str
    title: str
    start: str
    prefix: str = ""
    templates: Mapping[str, str] = field(default_factory=dict)

    def draft(self, request: HttpRequest) -> Registration | None:
        """What was begun in this browser."""
        code = request.session.get(self.key)
        if not code:
            return None
        rows = Registration.objects.select_related("terms", "privacy")
        return rows.filter(code=code, user=None, expires_at__gt=timezone.now()).first()

    def newcomers_page(self, view: Callable[..., HttpResponse]) -> Page:
        """A public page for those who have no account yet, with what they have begun."""

        @wraps(view)
        def page(request: HttpRequest) -> HttpResponseBase:
            if request.user.is_authenticated:
                return redirect("accounts:landing")
            response = view(request, self.draft(request))
            add_never_cache_headers(response)
            return response

        return public_page(page)

    def page(self, view: Callable[..., HttpResponse]) -> Page:
        """A page of this way: only where the town opens it. Whom FranceConnect vouches for walks no step."""

        @wraps(view)
        def page(request: HttpRequest, draft: Registration | None) -> HttpResponse:
            if self.way not in town_of(request).ways:
                raise Http404
            return view(request, None if draft and draft.proof == Proof.FRANCECONNECT else draft)

        return self.newcomers_page(page)

    def step_page(self, step: TextChoices) -> Callable[[StepView], Page]:
        """The page of a step; whoever has not done those before is sent to the first of them."""

        def decorate(view: StepView) -> Page:
            @wraps(view)
            def page(request: HttpRequest, draft: Registration | None) -> HttpResponse:
                return view(request, draft) if may_open(step, list(self.steps), done_in(draft)) else self.go_on(draft)

            return self.page(require_http_methods(["GET", "HEAD", "POST"])(page))

        return decorate

    def next_step(self, draft: Registration | None) -> TextChoices:
        """The first step that is not done."""
        return open_step(self.steps, done_in(draft))

    def go_on(self, draft: Registration | None) -> HttpResponse:
        """To the first step that is not done."""
        return redirect(self.address(self.next_step(draft)))

    def address(self, page: str) -> str:
        """The address of a step, or of a page around them."""
        return reverse(f"registration:{self.prefix}{page}")

    def show(self, request: HttpRequest, step: TextChoices, **context: Any) -> HttpResponse:
        steps = list(self.steps)
        place = steps.index(step)
        before = [{"label": one.label, "url": self.address(one)} for one in steps[:place]]
        context |= {"steps": [one.label for one in steps], "step": step, "current": place + 1, "before": before}
        context |= {"start": {"label": self.title, "url": reverse(self.start)}, "cancel": self.address("cancel")}
        return render(request, f"registration/public/{self.templates.get(step, step)}.html", context)

    def read_and_answer(
        self, request: HttpRequest, draft: Registration | None, step: TextChoices, code: TextCode
    ) -> HttpResponse:
        """The step of a text: the version that was shown is the one that is answered."""
        assert draft is not None
        read = read_text(code)
        form = AcceptForm(request.POST or None, label=ACCEPTS[code], version=read.version)
        if request.method == "POST" and form.is_valid():
            accept_text(registration=draft, code=read.code, text=read.text, now=timezone.now())
            return self.go_on(draft)
        if "version" in form.errors:
            messages.warning(request, TEXT_CHANGED)
            return redirect(self.address(step))
        return self.show(request, step, form=form, read=read)

    def recap(self, request: HttpRequest, draft: Registration | None, **context: Any) -> HttpResponse:
        """What was answered; POST sends it. A second POST finds it sent."""
        assert draft is not None
        if request.method == "POST" and draft.submitted_at is None:
            if not ratelimit.consume(request, action="signup"):
                return render(request, "429.html", status=429)
            submit_registration(registration=draft, now=timezone.now())
        if draft.submitted_at is not None:
            return redirect(self.address("sent"))
        hours = town_of(request).hours_of_link(self.way)
        return self.show(request, self.next_step(draft), registration=draft, hours=hours, **context)

    def sent(self, request: HttpRequest, draft: Registration, *, mend: str) -> HttpResponse:
        """« Un courriel vous a été envoyé », whatever is true; POST sends it again. `mend` is where the address is."""
        if draft.submitted_at is None:
            return self.go_on(draft)
        if request.method == "POST":
            if send_link_again(registration=draft, now=timezone.now()):
                messages.success(request, SENT_AGAIN)
            else:
                messages.info(request, JUST_SENT)
            return redirect(self.address("sent"))
        context = {"registration": draft, "hours": town_of(request).hours_of_link(self.way), "mend": mend}
        return render(request, "registration/public/sent.html", context)

    def cancel(self, request: HttpRequest, draft: Registration | None) -> HttpResponse:
        """The person refuses a text, or gives up: nothing is kept."""
        if draft is not None:
            cancel_registration(registration=draft, now=timezone.now())
        request.session.pop(self.key, None)
        return redirect(self.address("cancelled"))


def done_in(draft: Registration | None) -> frozenset[str]:
    return draft.done if draft else frozenset()
