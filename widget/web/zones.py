"""By which clock a day is told: that of the country a shopper is billed in; without a script no other is known.

The provider bills at a moment; on which date that falls depends on where one lives. The country is kept with the
price, so that a record of consent says the same date whenever it is written again.
"""

from datetime import UTC, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

# Countries with several clocks: the one most people there go by.
MOST: dict[str, str] = {
    "AU": "Australia/Sydney", "BR": "America/Sao_Paulo", "CA": "America/Toronto", "CD": "Africa/Kinshasa",
    "CL": "America/Santiago", "CN": "Asia/Shanghai", "EC": "America/Guayaquil", "ES": "Europe/Madrid",
    "FM": "Pacific/Chuuk", "GL": "America/Nuuk", "ID": "Asia/Jakarta", "KI": "Pacific/Tarawa", "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City", "NZ": "Pacific/Auckland", "PF": "Pacific/Tahiti", "PG": "Pacific/Port_Moresby",
    "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "UM": "Pacific/Midway", "US": "America/New_York",
}  # fmt: skip


@lru_cache(maxsize=512)
def zone_of(country: str) -> tzinfo:
    """The clock of an ISO 3166 alpha-2 country; UTC, by which the provider bills, where there is none."""
    zones = get_global("territory_zones")
    for name in (MOST.get(country), *(zones.get(country, ()) if len(country) == 2 and country != "ZZ" else ())):
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):  # a machine without that zone
            continue
    return UTC
