"""The till as a state machine: any order of presses, noes, bells, looks, deaths and waiting keeps the promises."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.till.simulator.world import PRE, World
from widget.core.charge import Fate


class TillMachine(RuleBasedStateMachine):
    """Drives the same models as the simulator, but hypothesis chooses what happens, and shrinks what goes wrong."""

    @initialize(seed=st.integers(0, 10_000))
    def begin(self, seed):
        self.world = World(seed)
        self.taken: dict[str, str | None] = {}
        self.world.clock.at(self.world.clock.now + 200, self.world.work)

    @rule(process=st.integers(0, 2))
    def press(self, process):
        self.world.clock.at(self.world.clock.now, self.world.press(), process=process)

    @rule(process=st.integers(0, 2))
    def say_no(self, process):
        self.world.clock.at(self.world.clock.now, self.world.books.decline(PRE), process=process)

    @rule(process=st.integers(0, 2))
    def die(self, process):
        self.world.clock.kill(process)

    @rule(ms=st.sampled_from((1, 5, 50, 1_000, 30_000, 120_000, 1_000_000)))
    def wait(self, ms):
        self.world.clock.run(self.world.clock.now + ms)

    @invariant()
    def at_most_one_succeeded_payment(self):
        if hasattr(self, "world"):
            now = self.world.clock.now
            assert sum(p.status(now) == "succeeded" for p in self.world.provider.payments.values()) <= 1

    @invariant()
    def at_most_one_sending_that_may_have_been_executed(self):
        if hasattr(self, "world"):
            assert not [said for said in self.world._sendings() if "again" in said]

    @invariant()
    def taken_never_changes(self):
        if hasattr(self, "world"):
            for charge in self.world.books.charges.values():
                if charge.id in self.taken:
                    assert (charge.fate, charge.payment_id) == (Fate.TAKEN, self.taken[charge.id])
                elif charge.fate is Fate.TAKEN:
                    self.taken[charge.id] = charge.payment_id

    def teardown(self):
        if hasattr(self, "world"):
            self.world.clock.close()


TestTill = TillMachine.TestCase
TestTill.settings = settings(
    max_examples=80, stateful_step_count=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
