import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

OCTOBER, NOVEMBER = "2026-10", "2026-11"
HTMX = {"HX-Request": "true"}


def address(world, month=OCTOBER):
    return f"/planning/{world.child.code}/{month}/"


class Form:
    """The form of a planning page, as a browser would send it."""

    def __init__(self, client, path):
        self.client, self.path = client, path
        page = client.get(path)
        assert page.status_code == 200
        self.text = page.content.decode()
        self.seen = re.findall(r'name="vu" value="([^"]*)"', self.text)
        self.boxes = set(re.findall(r'name="r" value="([^"]*)" checked', self.text))
        self.touched: list[str] = []
        self.all_boxes = re.findall(r'name="r" value="([^"]*)"', self.text)

    def box(self, world, unit, day):
        row = next(n for n, text in enumerate(self.seen) if f"/{unit} " in text)
        return f"{row}-{day:%m%d}"

    def click(self, *boxes):
        for box in boxes:
            assert box in self.all_boxes, f"{box} cannot be ticked"
            self.boxes ^= {box}
            self.touched.append(box)
        return self

    def send(self, *, to="", action="", htmx=False):
        fields = {"vu": self.seen, "r": sorted(self.boxes), "touche": " ".join(self.touched)}
        if action:
            fields["action"] = action
        return self.client.post(to or self.path, fields, headers=HTMX if htmx else {})


def bar_of(text):
    return re.findall(r'<section id="modifs".*?</section>', text, re.DOTALL)[0]


def messages_of(response):
    return [str(message) for message in response.wsgi_request._messages]


def queries_of(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)
