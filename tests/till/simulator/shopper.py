"""Nadia at her devices: presses in several tabs, says no, and pays by hand only where her card lets her."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from tests.till.simulator.clock import Pause
from tests.till.simulator.provider import PRICE
from widget.core.charge import Charge, Fate, Shut
from widget.core.consent import Consent
from widget.core.money import Money
from widget.core.payment import Address, Order
from widget.core.presentation import CardState, Standing, card_state, may_open_checkout
from widget.till.charge import Wish
from widget.till.checkout import stuck, usable

if TYPE_CHECKING:
    from tests.till.simulator.world import World

CUSTOMER = "cus_nadia"
ORDER = Order(customer_id=CUSTOMER, product_id="pdt_workbook", quantity=1, billing=Address(country="US"))


class Shown(Struct, frozen=True):
    """What a press got back, and when."""

    at: int
    presentation: str
    fate: Fate | None


def wish(charge_id: str, reason: str, presentation: str, quote: str, *, at: int, total: Money = PRICE) -> Wish:
    intent = Charge(
        id=charge_id, reason=reason, presentation_id=presentation, quote_id=quote, customer_id=CUSTOMER,
        product_id="pdt_workbook", quantity=1, method_id="pm_1", quoted=total, fate=Fate.INTENDED, pressed_at=at,
    )  # fmt: skip
    consent = Consent(presentation, quote, "Pay $19.00 now", total, "Visa", "en", "t", at)
    return Wish(intent=intent, consent=consent, order=ORDER, return_url="")


class Shopper:
    """Requests run on our processes and die with them; the shopper herself does not."""

    def __init__(self, world: "World", rng: Any) -> None:
        self.world, self.rng = world, rng
        self.presses = 0
        self.pressed_at: dict[str, int] = {}  # when a quote was really pressed, whatever our clocks said
        self.shown: list[Shown] = []
        self.offered: list[tuple[int, str]] = []  # when another way to pay was on the card
        self.pages: dict[str, set[str]] = {}  # the checkout pages she has open, by presentation

    def press(self, presentation: str, tab: str) -> None:
        self.presses += 1
        self.world.request(self.pressing(presentation, f"{presentation}_{tab}", self.presses))

    async def pressing(self, presentation: str, key: str, number: int) -> None:
        """The press is timed, then prices are asked for, then it comes to the till."""
        clock = self.world.clock
        asked = self.wish(f"chg_{key}", presentation, f"quo_{number}", at=clock.wall())
        self.pressed_at[f"quo_{number}"] = clock.now
        asked = replace(asked, steady_at=clock.now)
        await Pause(2 + int(self.rng.random() * (30 if self.rng.random() < 0.95 else 80_000)))
        answered = await self.world.till.charge(asked)
        stands, _ = self.world.charges_of(presentation)  # the card is read again before it is shown
        fate = None if isinstance(answered, Shut) or stands is None else stands.fate
        self.shown.append(Shown(clock.now, presentation, fate))

    def wish(self, charge_id: str, presentation: str, quote: str, *, at: int) -> Wish:
        return wish(charge_id, f"one_click:{presentation}", presentation, quote, at=at)

    # — another way to pay ————————————————————————————————————————————————————

    async def by_hand(self, presentation: str) -> None:
        """Looks at the card now and then; follows its way to the hosted checkout when there is one."""
        random, clock = self.rng.random, self.world.clock
        for _ in range(12):
            await Pause(500 + int(random() * (20_000 if random() < 0.8 else 600_000)))
            if not self.may_go(presentation):
                continue
            self.offered.append((clock.now, presentation))
            self.world.request(self.opening(presentation))
            await Pause(3_000 + int(random() * 40_000))
            mine = self.pages.get(presentation, set())
            for session in sorted(mine) if random() < 0.3 else sorted(mine)[-1:]:
                self.world.provider.pay_at(session, ORDER, works=random() < 0.6)
                await Pause(int(random() * (20_000 if random() < 0.5 else 400)))

    def may_go(self, presentation: str) -> bool:
        """What `upsell.checkout` asks before it opens a page."""
        click, pages = self.world.charges_of(presentation)
        standing = Standing(self.world.books.standing[presentation])
        state = card_state(
            standing, closes_at=1 << 60, now=self.world.clock.wall(), charge=click, hosted=pages[-1] if pages else None
        )  # fmt: skip
        one_click = presentation not in self.world.by_hand_only
        wanted = state is CardState.REFUSED or (state is CardState.OPEN and not one_click)
        return wanted and may_open_checkout(click)

    async def opening(self, presentation: str) -> None:
        """What `upsell.checkout` does: one page at a time, handed out again while it lives."""
        now, (_, pages) = self.world.clock.wall(), self.world.charges_of(presentation)
        last = pages[-1] if pages else None
        if last is not None and self.reusable(last):
            self._open_in_a_tab(presentation, last)
            return
        if last is not None and last.fate is Fate.SENDING and not stuck(last, now=now):
            return
        number = self.number(pages)
        self.presses += 1
        asked = wish(
            f"chg_h{self.presses}", f"hosted:{presentation}:{number}", presentation, f"quo_h{self.presses}", at=now
        )
        opened = await self.world.checkout.open(asked, cancel_url=None, instead_of=self.instead_of(last))
        if not isinstance(opened, Shut) and usable(opened, now=self.world.clock.wall()):
            self._open_in_a_tab(presentation, opened)

    def reusable(self, last: Charge) -> bool:
        return usable(last, now=self.world.clock.wall())

    def instead_of(self, last: Charge | None) -> Charge | None:
        return last if last is not None and last.fate is Fate.SENDING else None

    def number(self, pages: list[Charge]) -> int:
        """A page that was never opened keeps its number; any other is followed by the next."""
        return len(pages) if pages and pages[-1].fate is Fate.INTENDED else len(pages) + 1

    def _open_in_a_tab(self, presentation: str, page: Charge) -> None:
        if page.session_id in self.world.provider.pages:
            self.pages.setdefault(presentation, set()).add(page.session_id)
        else:
            self.world.wrong.append("a way to pay that leads nowhere")
