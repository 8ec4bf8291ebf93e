"""Money: whole minor units of a known currency, and how many digits each currency has."""

from collections.abc import Mapping

from msgspec import Struct

# ISO 4217 minor-unit exponents for the currencies of the provider's `Currency` type; two digits unless listed.
# Babel is not asked: it gives display digits (ALL, IQD, LAK … differ), and two for codes it does not know.
_NO_DIGITS: frozenset[str] = frozenset("BIF CLP DJF GNF JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split())
_THREE_DIGITS: frozenset[str] = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_TWO_DIGITS: frozenset[str] = frozenset(
    """AED ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CHF CNY COP CRC
    CUP CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR JMD
    KES KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO
    NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SZL
    THB TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW""".split()
)
DIGITS: Mapping[str, int] = (
    dict.fromkeys(_NO_DIGITS, 0) | dict.fromkeys(_TWO_DIGITS, 2) | dict.fromkeys(_THREE_DIGITS, 3)
)


class UnknownCurrency(ValueError):
    """A currency code outside our table; nothing is guessed about its digits."""


class Money(Struct, frozen=True):
    """An amount in minor units (1240 USD is $12.40, 1240 JPY is ¥1240)."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        digits(self.currency)


def digits(currency: str) -> int:
    """How many decimal digits the currency has; raises `UnknownCurrency`."""
    try:
        return DIGITS[currency]
    except KeyError:
        raise UnknownCurrency(currency) from None
