"""The till as a state machine: any order of presses, noes, payments by hand, deaths and waiting keeps the promises."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.till.simulator.judge import judge
from tests.till.simulator.planted import PLANTED
from tests.till.simulator.provider import FATES, HOUR
from tests.till.simulator.world import DOORS, PROCESSES, START, World
from widget.core.charge import Fate

PRESENTATIONS = st.sampled_from(["pre_0", "pre_1"])


class TillMachine(RuleBasedStateMachine):
    """The simulator's models, but hypothesis chooses what happens, and shrinks what goes wrong."""

    world_class = World

    @initialize(seed=st.integers(0, 10_000), doors=st.sampled_from(DOORS), by_hand=st.booleans())
    def begin(self, seed, doors, by_hand):
        self.world = self.world_class(seed, doors)
        self.taken = {}
        self.world.books.standing |= {"pre_0": "open", "pre_1": "open"}
        if by_hand:
            self.world.by_hand_only.add("pre_1")

    @rule(presentation=PRESENTATIONS, tab=st.sampled_from("ab"))
    def press(self, presentation, tab):
        if presentation not in self.world.by_hand_only:
            self.world.shopper.press(presentation, tab)

    @rule(fate=st.sampled_from(FATES))
    def from_now_on_the_provider(self, fate):
        self.world.provider.fates = (fate,)

    @rule(presentation=PRESENTATIONS)
    def say_no(self, presentation):
        self.world.request(self.world.books.decline(presentation))

    @rule(presentation=PRESENTATIONS, tab=st.sampled_from("ab"), ms=st.sampled_from((3, 10, 30, 100)))
    def press_and_say_no_at_once(self, presentation, tab, ms):
        self.press(presentation, tab)
        self.world.clock.run(self.world.clock.now + ms)
        self.say_no(presentation)

    @rule(presentation=PRESENTATIONS)
    def look_for_another_way_to_pay(self, presentation):
        self.world.clock.at(self.world.clock.now, self.world.shopper.by_hand(presentation))

    @rule(process=st.integers(0, PROCESSES - 1))
    def die(self, process):
        self.world.clock.kill(process)

    @rule(statements=st.integers(1, 6))
    def die_at_a_statement_soon(self, statements):
        self.world.books.fatal = self.world.books.statements + statements

    @rule()
    def the_power_goes(self):
        self.world.power_cut()

    @rule(minutes=st.integers(1, 20))
    def the_provider_cannot_be_read(self, minutes):
        self.world.provider.outage = (self.world.clock.now, self.world.clock.now + minutes * 60_000)

    @rule(stall=st.sampled_from((0, 50, 2_000, 70_000)))
    def the_database_is_slow(self, stall):
        self.world.books.stall = stall

    @rule(ms=st.sampled_from((1, 3, 10, 100, 1_000, 30_000, 120_000, 1_000_000, 10 * HOUR)))
    def wait(self, ms):
        self.world.clock.run(self.world.clock.now + ms)

    @invariant()
    def at_most_one_succeeded_payment_each(self):
        if hasattr(self, "world"):
            now, payments, charges = self.world.clock.now, self.world.provider.payments, self.world.books.charges
            paid = [charges[p.mark].presentation_id for p in payments.values() if p.status(now) == "succeeded"]
            assert len(paid) == len(set(paid))

    @invariant()
    def taken_never_changes(self):
        if hasattr(self, "world"):
            for charge in self.world.books.charges.values():
                if charge.id in self.taken:
                    assert charge == self.taken[charge.id]
                elif charge.fate is Fate.TAKEN:
                    self.taken[charge.id] = charge

    def teardown(self):
        """Whatever happened: left alone for three days it ends as the ledger says."""
        if hasattr(self, "world"):
            try:
                self.world.clock.run(max(self.world.clock.now, START) + 64 * HOUR)
                assert judge(self.world) == []
            finally:
                self.world.clock.close()


STEADY = settings(
    max_examples=150, stateful_step_count=25, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
TestTill = TillMachine.TestCase
TestTill.settings = STEADY


@pytest.mark.parametrize(
    "name", ["no claim", "release by age", "a no while money is on its way", "a time-out was not sent"]
)
def test_the_machine_finds_planted_bugs_too(name):
    """A machine that could not fail would promise nothing."""

    class Planted(TillMachine):
        world_class = PLANTED[name][0]

    longer = settings(STEADY, max_examples=1_000, phases=[Phase.generate], print_blob=False)  # ends with the first find
    with pytest.raises((AssertionError, LookupError)):
        run_state_machine_as_test(Planted, settings=longer)
