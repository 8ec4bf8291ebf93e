"""What a file says once for all of its offers and families: its language, consent, what stands on receipts."""

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from widget.core.market import ConsentRules, ReceiptRules, merged
from widget.core.market_flaws import LOCALE, consent_flaws, receipt_flaws
from widget.core.offer import Offer
from widget.core.plan_family import PlanFamily
from widget.core.toml_tables import Flaw, fitted

KEYS = ("language", "consent", "receipt")


class Defaults(Struct, frozen=True):
    """The file's own; an offer or family that says otherwise keeps its word."""

    language: str = ""
    consent: ConsentRules = ConsentRules()
    receipt: ReceiptRules | UnsetType = UNSET

    def offer(self, one: Offer) -> Offer:
        """The offer with what it leaves to the file."""
        agree, agree_in = merged(self.consent, one.agree, one.agree_in)
        receipt = self.receipt if one.receipt is UNSET else one.receipt
        return replace(one, agree=agree, agree_in=agree_in, receipt=receipt, language=one.language or self.language)

    def family(self, one: PlanFamily) -> PlanFamily:
        """The family with what it leaves to the file."""
        agree, agree_in = merged(self.consent, one.agree, one.agree_in)
        receipt = self.receipt if one.receipt is UNSET else one.receipt
        return replace(one, agree=agree, agree_in=agree_in, receipt=receipt)


def defaults_in(document: dict[str, object]) -> tuple[Defaults, list[Flaw]]:
    """What the file's own tables say, and what is wrong with them."""
    consent, flaws = fitted(document.get("consent", {}), ConsentRules, ("consent",))
    flaws += () if consent is None else consent_flaws(consent)
    receipt, odd = fitted(document.get("receipt", {}), ReceiptRules, ("receipt",))
    flaws += odd or (() if receipt is None else receipt_flaws(receipt, ("receipt",)))
    language = document.get("language", "")
    if not isinstance(language, str) or (language and not LOCALE.fullmatch(language)):
        flaws.append((("language",), "expected a BCP 47 name such as de or pt-BR"))
    given = receipt if receipt is not None and "receipt" in document else UNSET
    return Defaults(str(language), consent or ConsentRules(), given), flaws
