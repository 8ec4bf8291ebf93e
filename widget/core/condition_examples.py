"""How every key of a condition is written, for whoever wrote it otherwise."""

from collections.abc import Mapping

EXAMPLES: Mapping[str, str] = {
    "all": 'all = [{ bought = ["pdt_…"] }, { country = ["DE"] }]',
    "any": 'any = [{ country = ["DE"] }, { locale = ["de"] }]',
    "none": 'none = [{ subscribed = { product = ["pdt_…"] } }]',
    "bought": 'bought = ["pdt_…"]',
    "bought_all": 'bought_all = ["pdt_…", "pdt_…"]',
    "not_bought": 'not_bought = ["pdt_…"]',
    "total": 'total = { at_least = 1000, currency = "USD" }',
    "items": "items = { at_least = 2 }",
    "currency": 'currency = ["USD"]',
    "country": 'country = ["DE", "AT"]',
    "method": 'method = ["card", "apple_pay"]',
    "payment_metadata": 'payment_metadata = { key = "campaign", equals = "spring" }',
    "product_metadata": 'product_metadata = { key = "level", one_of = ["a1", "a2"] }',
    "ever_bought": 'ever_bought = ["pdt_…"]',
    "ever_bought_all": 'ever_bought_all = ["pdt_…", "pdt_…"]',
    "never_bought": 'never_bought = ["pdt_…"]',
    "subscribed": 'subscribed = { product = ["pdt_…"], seats = { at_least = 5 } }',
    "customer": 'customer = "first"',
    "past_purchases": "past_purchases = { at_least = 3 }",
    "spent": 'spent = { at_least = 50000, currency = "USD" }',
    "customer_metadata": 'customer_metadata = { key = "tier", equals = "gold" }',
    "locale": 'locale = ["de", "pt-BR"]',
    "share": "share = 50",
    "time": 'time = { zone = "Europe/Berlin", days = ["mon"], from = "09:00", to = "17:00" }',
    "occasion": 'occasion = ["limit_near"]',
    "occasion_data": 'occasion_data = { key = "used", at_least = 0.9 }',
}
