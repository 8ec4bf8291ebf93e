"""Amounts: decimals and minimum charges of currencies, tax by billing country, rounding half up; integers only."""

from __future__ import annotations

# ISO 3166-1 alpha-2, as the `CountryCode` of the API lists them
COUNTRIES = frozenset(
    "AF AX AL DZ AS AD AO AI AQ AG AR AM AW AU AT AZ BS BH BD BB BY BE BZ BJ BM BT BO BQ BA BW BV BR IO BN BG BF BI KH "
    "CM CA CV KY CF TD CL CN CX CC CO KM CG CD CK CR CI HR CU CW CY CZ DK DJ DM DO EC EG SV GQ ER EE ET FK FO FJ FI FR "
    "GF PF TF GA GM GE DE GH GI GR GL GD GP GU GT GG GN GW GY HT HM VA HN HK HU IS IN ID IR IQ IE IM IL IT JM JP JE JO "
    "KZ KE KI KP KR KW KG LA LV LB LS LR LY LI LT LU MO MK MG MW MY MV ML MT MH MQ MR MU YT MX FM MD MC MN ME MS MA MZ "
    "MM NA NR NP NL NC NZ NI NE NG NU NF MP NO OM PK PW PS PA PG PY PE PH PN PL PT PR QA RE RO RU RW BL SH KN LC MF PM "
    "VC WS SM ST SA SN RS SC SL SG SX SK SI SB SO ZA GS SS ES LK SD SR SJ SZ SE CH SY TW TJ TZ TH TL TG TK TO TT TN TR "
    "TM TC TV UG UA AE GB UM US UY UZ VU VE VN VG VI WF EH YE ZM ZW".split()
)
# the `Currency` of the API
CURRENCIES = frozenset(
    "AED ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CHF CLP CNY COP "
    "CRC CUP CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS "
    "INR IQD JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR "
    "MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK "
    "SGD SHP SLE SLL SOS SRD SSP STN SVC SZL THB TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD "
    "XOF XPF YER ZAR ZMW".split()
)
# the names people see at the checkout; the other countries are shown by their code
COUNTRY_NAMES = {
    "AT": "Austria", "AU": "Australia", "BR": "Brazil", "CA": "Canada", "CH": "Switzerland", "CN": "China",
    "DE": "Germany", "DK": "Denmark", "ES": "Spain", "FR": "France", "GB": "United Kingdom", "IE": "Ireland",
    "IN": "India", "IT": "Italy", "JP": "Japan", "KW": "Kuwait", "NL": "Netherlands", "NO": "Norway", "PL": "Poland",
    "PT": "Portugal", "SE": "Sweden", "US": "United States",
}  # fmt: skip
NO_DECIMALS = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF".split())
THREE_DECIMALS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
MINIMUM = {"USD": 50, "EUR": 50, "GBP": 30, "INR": 500, "JPY": 50, "KWD": 150}
TAX_PERCENT = {"DE": 19, "FR": 20, "GB": 20, "IN": 18, "AT": 20, "ES": 21, "IT": 22, "NL": 21, "SE": 25, "JP": 10}
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "INR": "₹", "JPY": "¥"}


def tax_percent(country: str) -> int:
    """Whole percent; 0 where the sandbox knows no tax (the United States, among others)."""
    return TAX_PERCENT.get(country, 0)


def share(amount: int, numerator: int, denominator: int) -> int:
    """`amount · numerator ÷ denominator`, rounded half up (away from zero for negative amounts)."""
    product = amount * numerator
    rounded = (2 * abs(product) + denominator) // (2 * denominator)
    return rounded if product >= 0 else -rounded


def tax_of(amount: int, percent: int, inclusive: bool) -> int:
    """The tax on `amount`, or in it when the price includes tax."""
    if inclusive:
        return amount - share(amount, 100, 100 + percent)
    return share(amount, percent, 100)


def decimals(currency: str) -> int:
    """How many digits the minor unit has."""
    return 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2


def spoken(amount: int, currency: str) -> str:
    """An amount for people, in English: $19.00, ¥1,900, KWD 12.500."""
    places = decimals(currency)
    whole, rest = divmod(abs(amount), 10**places)
    number = f"{whole:,}" + (f".{rest:0{places}d}" if places else "")
    sign = "−" if amount < 0 else ""
    return f"{sign}{SYMBOLS[currency]}{number}" if currency in SYMBOLS else f"{sign}{currency} {number}"
