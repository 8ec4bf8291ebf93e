"""A day is told by the clock of the country that is billed; of a country nobody knows, by the provider's."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from babel.core import get_global

from widget.web.date_text import date_text
from widget.web.languages import babel_locale
from widget.web.zones import MOST, zone_of

LATE = datetime(2026, 6, 15, 23, 30, tzinfo=UTC)
EARLY = datetime(2026, 6, 16, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "country", "locale", "text"),
    [
        (LATE, "", "en", "June 15, 2026"),
        (LATE, "JP", "ja", "2026年6月16日"),  # in Tokyo it is the next morning
        (LATE, "DE", "de", "16. Juni 2026"),
        (LATE, "GB", "en-GB", "16 June 2026"),
        (EARLY, "US", "en", "June 15, 2026"),  # in New York it is the evening before
        (EARLY, "ZZ", "en", "June 16, 2026"),
        (EARLY, "no country", "en", "June 16, 2026"),
    ],
)
def test_the_day_is_the_shoppers(moment, country, locale, text):
    assert date_text(moment, babel_locale(locale), country) == text


def test_every_country_with_several_clocks_has_the_one_most_people_go_by():
    winter, summer = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)
    for country, names in get_global("territory_zones").items():
        if len(country) != 2 or country in {"ZZ", "AQ"}:  # unknown; nobody is billed in Antarctica
            continue
        clocks = {
            (winter.astimezone(ZoneInfo(n)).utcoffset(), summer.astimezone(ZoneInfo(n)).utcoffset()) for n in names
        }
        assert len(clocks) == 1 or country in MOST, country
        assert zone_of(country) is not UTC, country
    assert all(isinstance(zone_of(country), ZoneInfo) for country in MOST)
