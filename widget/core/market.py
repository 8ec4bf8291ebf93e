"""What differs by market: how recurring terms are agreed to, and what a receipt says about help and withdrawal."""

from collections.abc import Mapping
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

Agreement = Literal["button", "box"]


class ConsentRules(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The file's own `[consent]`: for every offer and family that does not say otherwise."""

    agree: Agreement | UnsetType = UNSET
    agree_in: dict[str, Agreement] = {}  # by ISO 3166 alpha-2 of the billing address


class ReceiptTexts(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a merchant says on a receipt in one language; what is empty is taken from the file's own language."""

    help_url: str = ""  # https
    help_email: str = ""
    withdraw: str = ""  # plain
    withdraw_url: str = ""  # https


class ReceiptRules(ReceiptTexts, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`[receipt]`: how to get help and, where it is offered, how to withdraw."""

    withdraw_in: tuple[str, ...] = ()  # countries where it is offered; everywhere when empty
    locale: dict[str, ReceiptTexts] = {}  # by BCP 47 name

    def kept(self) -> "ReceiptKept":
        """As a card keeps it."""
        own = ReceiptTexts(self.help_url, self.help_email, self.withdraw, self.withdraw_url)
        return ReceiptKept(own, self.withdraw_in, tuple(sorted(self.locale.items())))


class ReceiptKept(Struct, frozen=True, omit_defaults=True):
    """The same, as it was when something was offered."""

    texts: ReceiptTexts = ReceiptTexts()
    withdraw_in: tuple[str, ...] = ()
    others: tuple[tuple[str, ReceiptTexts], ...] = ()

    def spoken(self, locale: str, country: str) -> ReceiptTexts:
        """In a language, for somebody billed in a country; nothing about withdrawing where that is not offered."""
        named, usual = dict(self.others), self.texts
        name = nearest_name(locale, named)
        own = named[name] if name is not None else ReceiptTexts()
        offered = not self.withdraw_in or country in self.withdraw_in
        return ReceiptTexts(
            help_url=own.help_url or usual.help_url,
            help_email=own.help_email or usual.help_email,
            withdraw=(own.withdraw or usual.withdraw) if offered else "",
            withdraw_url=(own.withdraw_url or usual.withdraw_url) if offered else "",
        )


def agreement(agree: Agreement | UnsetType, agree_in: Mapping[str, Agreement], country: str) -> Agreement:
    """How somebody billed in a country agrees; where the country is not known the box, if it is asked for anywhere."""
    usual: Agreement = agree if agree is not UNSET else "button"
    if country in agree_in:
        return agree_in[country]
    return "box" if not country and "box" in agree_in.values() else usual


def merged(
    rules: ConsentRules, agree: Agreement | UnsetType, agree_in: Mapping[str, Agreement]
) -> tuple[Agreement | UnsetType, dict[str, Agreement]]:
    """An offer's or family's own word before the file's; whoever says `agree` has left the file's countries behind."""
    if agree is not UNSET:
        return agree, dict(agree_in)
    return rules.agree, {**rules.agree_in, **agree_in}


def nearest_name(locale: str, names: Mapping[str, object]) -> str | None:
    """The key for a BCP 47 name: the same, else the bare language, else another of that language."""
    wanted = locale.lower().replace("_", "-")
    language = wanted.partition("-")[0]
    known = {name.lower().replace("_", "-"): name for name in names}
    alike = (own for name, own in known.items() if name.partition("-")[0] == language)
    return known.get(wanted) or known.get(language) or next(alike, None)
