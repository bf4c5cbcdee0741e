"""Addresses of the area."""

from django.urls import path, register_converter

from preau.bookings.converters import DayConverter, MonthConverter
from preau.bookings.views import family, staff

register_converter(MonthConverter, "month")
register_converter(DayConverter, "day")

app_name = "bookings"
urlpatterns = [
    path("planning/", family.planning, name="planning"),
    path("planning/validation/", family.recap, name="recap"),
    path("planning/bilan/<slug:token>/", family.outcome, name="outcome"),
    path("planning/<slug:who>/<month:month>/", family.month, name="month"),
    path("planning/<slug:who>/semaine/<day:day>/", family.weeks, {"kind": "semaine"}, name="week"),
    path("planning/<slug:who>/quinzaine/<day:day>/", family.weeks, {"kind": "quinzaine"}, name="fortnight"),
    path("mairie/occupation/", staff.occupancy, name="occupancy"),
    path("mairie/reservations/", staff.day, name="day"),
]
