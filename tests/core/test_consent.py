"""The record of what the shopper agreed to proves itself: any change of it is another digest."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from widget.core.consent import Consent
from widget.core.money import DIGITS, Money

NADIA = Consent(
    "pre_1", "quo_1", "Pay $19.00 now", Money(1900, "USD"), "Visa ···· 4242", "en", "a1b2c3", 1_800_000_000_000
)
CONSENTS = st.builds(
    Consent,
    presentation_id=st.text(max_size=9), quote_id=st.text(max_size=9), text=st.text(max_size=40),
    total=st.builds(Money, st.integers(0, 10**9), st.sampled_from(sorted(DIGITS))), method=st.text(max_size=20),
    locale=st.sampled_from(["en", "de", "ar", "ja"]), ticket=st.text(max_size=9), pressed_at=st.integers(0, 2**48),
)  # fmt: skip


def test_the_digest_is_the_sha256_of_the_canonical_json_and_does_not_move():
    """Digests are kept in the books for years: this one was computed once and must stay."""
    written = (
        '{"locale":"en","method":"Visa ···· 4242","presentation_id":"pre_1","pressed_at":1800000000000,'
        '"quote_id":"quo_1","text":"Pay $19.00 now","ticket":"a1b2c3","total":{"amount":1900,"currency":"USD"}}'
    )
    assert NADIA.digest == sha256(written.encode()).hexdigest()


@given(CONSENTS)
def test_the_same_record_has_the_same_digest(consent):
    assert replace(consent).digest == consent.digest


@given(CONSENTS, CONSENTS)
def test_another_record_has_another_digest(one, other):
    assert (one.digest == other.digest) is (one == other)


@given(CONSENTS, st.sampled_from(Consent.__struct_fields__))
def test_no_field_can_be_changed_unseen(consent, field):
    was = getattr(consent, field)
    change = Money(was.amount + 1, was.currency) if field == "total" else was + 1 if isinstance(was, int) else was + "x"
    assert replace(consent, **{field: change}).digest != consent.digest
