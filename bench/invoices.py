"""A campaign of 10,000 invoices against the set-based SQL that writes the same rows, pricing included.

What a régisseur waits for is timed: the draft (counting, pricing, writing, looking for anomalies against the month
before) and the issue (checking that nothing moved, numbers, seals). Mails leave later, and the PDF are made when asked.

`python -m bench.invoices` is one campaign in a process of its own; it prints its memory.
"""

import datetime as dt
import json
import statistics
import subprocess
import sys
from pathlib import Path

from django.db import connection

from bench.report import Figure, spread
from bench.timing import seconds_of
from bench.town import BRACKETS, FINE_BRACKETS, FINE_LEAST, FINE_MORE, FINE_STEP, MONTH, PRICES
from preau.billing.actions.campaigns import draft_campaign, open_campaign
from preau.billing.actions.issuing import issue_campaign
from preau.billing.models import Campaign, Invoice, Line, Regie
from preau.core.dates import PARIS

ROUNDS = 3
MB = 1024 * 1024
NOW = dt.datetime.combine(MONTH.plus(1).first + dt.timedelta(days=1), dt.time(9), PARIS)
DUE_ON = MONTH.plus(2).first
FLOOR = """
WITH used AS (
  SELECT family_id, participant_id, unit_id, count(*) AS quantity, jsonb_agg(day ORDER BY day) AS days
  FROM bookings_booking
  WHERE unit_id IN (SELECT unit.id FROM activities_unit AS unit JOIN billing_regieactivity AS link USING (activity_id)
      WHERE link.regie_id = %(regie)s)
    AND day BETWEEN %(first)s AND %(last)s AND state = 'booked' AND NOT (presence = 'absent' AND excused)
  GROUP BY family_id, participant_id, unit_id
), bracketed AS (
  SELECT used.*, quotient.value_cents, unit.code = 'unite-0' AS is_coarse, unit.name AS unit, activity.name AS activity,
    width_bucket(quotient.value_cents / 100, %(bounds)s) AS coarse,
    least(%(fine)s, quotient.value_cents / 100 / %(step)s + 1) AS fine
  FROM used JOIN activities_unit AS unit ON unit.id = unit_id JOIN activities_activity AS activity
    ON activity.id = activity_id JOIN pricing_quotient AS quotient USING (family_id)
  WHERE quotient.replaced_at IS NULL AND quotient.starts_on <= %(first)s
), priced AS (
  SELECT family_id, participant_id, unit_id, quantity, days, value_cents,
    CASE WHEN is_coarse THEN (%(prices)s)[coarse] ELSE %(least)s + %(more)s * (fine - 1) END AS price,
    CASE WHEN is_coarse THEN 'Tranche ' || coarse ELSE 'Tranche ' || fine END AS bracket,
    CASE WHEN is_coarse THEN (%(bounds)s)[coarse] || ' à ' || (%(bounds)s)[coarse + 1] - 1
      ELSE (fine - 1) * %(step)s || ' à ' || fine * %(step)s - 1 END AS bounds,
    activity || ' - Du ' || to_char(%(first)s::date, 'DD/MM/YYYY') || ' au ' || to_char(%(last)s::date, 'DD/MM/YYYY')
      || ' - ' || unit AS label
  FROM bracketed
), lines AS (
  SELECT family_id, participant_id, unit_id, value_cents, label, quantity, price, quantity * price AS amount,
    row_number() OVER (PARTITION BY family_id ORDER BY participant_id, unit_id) - 1 AS place,
    jsonb_build_object('days', days, 'steps', jsonb_build_array(
      jsonb_build_array('Tarif', 'selon le quotient familial'),
      jsonb_build_array('Quotient familial', value_cents / 100.0 || ' (attestation de la CAF)'),
      jsonb_build_array(bracket, 'quotient de ' || bounds), jsonb_build_array('Prix', price / 100.0 || ' €'))) AS why
  FROM priced
), totals AS (
  SELECT family_id, value_cents, sum(amount) AS total,
    encode(sha256(string_agg(concat_ws(',', label, quantity, price, amount, why), E'\\n' ORDER BY place)::bytea), 'hex')
      AS seal
  FROM lines GROUP BY family_id, value_cents
), invoices AS (
  INSERT INTO billing_invoice (code, regie_id, campaign_id, payer_id, family_id, kind, state, number, label,
    period_starts_on, period_ends_on, issued_on, due_on, quotient_cents, total_cents, settled_cents, by_email, sha256)
  SELECT substr(md5(random()::text), 1, 10), %(regie)s, %(campaign)s, payer.id, totals.family_id, 'invoice', 'issued',
    to_char(%(issued)s::date, 'YYYY')
      || lpad((row_number() OVER (ORDER BY adult.last_name, adult.first_name, family.number))::text, 6, '0'),
    %(label)s, %(first)s, %(last)s, %(issued)s, %(due)s, value_cents, total, 0, adult.email <> '',
    encode(sha256(concat_ws(',', seal, payer.code, family.code, total)::bytea), 'hex')
  FROM totals JOIN families_family AS family ON family.id = totals.family_id
    JOIN billing_payer AS payer ON payer.family_id = family.id JOIN families_adult AS adult ON adult.id = payer.adult_id
  RETURNING id, family_id
) INSERT INTO billing_line (invoice_id, participant_id, unit_id, label, quantity, unit_price_cents, amount_cents,
    care_cents, food_cents, settled_cents, why, "order")
  SELECT invoices.id, participant_id, unit_id, label, quantity, price, amount, 0, 0, 0, why, place
  FROM lines JOIN invoices USING (family_id)
"""


def measure() -> list[Figure]:
    ours, floor, written = [], [], set()
    campaign = open_campaign(regie=Regie.objects.get(), month=MONTH, by=None, now=NOW)
    for _ in range(ROUNDS + 1):
        for taken, run in ((ours, by_actions), (floor, by_sql)):
            taken.append(seconds_of(lambda run=run: run(campaign)))
            written.add(rows_of(campaign))
            empty(campaign)
    if len(written) != 1:
        raise RuntimeError(f"the two ways do not write the same rows: {written}")
    del ours[0], floor[0]  # warming up
    ratios = [one / other for one, other in zip(ours, floor, strict=True)]
    invoices, lines, _, _ = written.pop()
    detail = f"{spread(ours, ' s')} ; SQL {spread(floor, ' s')} ; rapport par tour {spread(ratios)}"
    detail += f" ; {invoices} factures, {lines} lignes"
    return [Figure("invoices.issue_10000", statistics.median(ratios), 2, "lower", detail), memory()]


def by_actions(campaign: Campaign) -> None:
    draft_campaign(campaign=campaign, by=None, now=NOW)
    issue_campaign(campaign=campaign, due_on=DUE_ON, by=None, now=NOW)


def by_sql(campaign: Campaign) -> None:
    values = {
        "regie": campaign.regie_id,
        "campaign": campaign.pk,
        "label": campaign.label,
        "first": campaign.starts_on,
        "last": campaign.ends_on,
        "issued": NOW.date(),
        "due": DUE_ON,
        "bounds": list(BRACKETS),
        "prices": [int(price.replace(".", "")) for price in PRICES],
        "step": FINE_STEP,
        "fine": FINE_BRACKETS,
        "least": FINE_LEAST,
        "more": FINE_MORE,
    }
    with connection.cursor() as cursor:
        cursor.execute(FLOOR, values)


def rows_of(campaign: Campaign) -> tuple[int, int, int, str]:
    """How many invoices and lines, their total, and a digest of who owes what for what."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT invoice.id), count(*), sum(line.amount_cents), md5(string_agg(concat_ws(',',"
            " invoice.family_id, payer_id, state, total_cents, quotient_cents, participant_id, unit_id, line.label,"
            " quantity, unit_price_cents, amount_cents, line.order, line.why->>'days', invoice.by_email), ';'"
            " ORDER BY invoice.family_id, line.order)) FROM billing_line AS line JOIN billing_invoice AS invoice"
            " ON invoice.id = invoice_id WHERE campaign_id = %s",
            [campaign.pk],
        )
        invoices, lines, cents, digest = cursor.fetchone()
    return int(invoices), int(lines), int(cents), str(digest)


def empty(campaign: Campaign) -> None:
    """As before the campaign, and the tables tidy."""
    Line.objects.filter(invoice__campaign=campaign).delete()
    Invoice.objects.filter(campaign=campaign).delete()
    Campaign.objects.filter(pk=campaign.pk).update(state="open", drafted_at=None, issued_at=None, due_on=None)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE billing_line, billing_invoice, billing_campaign")
        cursor.execute("CHECKPOINT")


def memory() -> Figure:
    told = subprocess.run([sys.executable, "-m", "bench.invoices"], check=True, capture_output=True, text=True).stdout
    idle, peak = json.loads(told)
    detail = f"{(peak - idle) / MB:.0f} Mo de plus que les {idle / MB:.0f} Mo d’un processus au repos"
    return Figure("invoices.memory_mb", (peak - idle) / MB / 80, 1, "lower", detail)


def main() -> None:
    campaign = Campaign.objects.select_related("regie").get(starts_on=MONTH.first)
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak of the start
    idle = memory_of("VmRSS")
    by_actions(campaign)
    peak = memory_of("VmHWM")
    empty(campaign)
    print(json.dumps([idle, peak]))


def memory_of(field: str) -> int:
    """Bytes, from what the kernel tells of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


if __name__ == "__main__":
    main()
