"""A no from normal life: raised where it is known, shown as a face by web/errors.py, caught by nobody else."""


class Refusal(Exception):
    """Has a status and a plain sentence; says nothing that a stranger could use."""

    status = 400
    sentence = "This cannot be done."


class Gone(Refusal):
    """Not yours, not there, expired, tampered: from outside all look the same."""

    status = 404
    sentence = "This page is no longer valid."


class BadInput(Refusal):
    """A developer's mistake, named: field, what was found, what is expected."""

    status = 400

    def __init__(self, field: str, expected: str, *, code: str = "invalid") -> None:
        super().__init__(f"{field}: {expected}")
        self.field = field
        self.expected = expected
        self.code = code


class Conflict(BadInput):
    """What was sent contradicts what was sent before under the same name."""

    status = 409

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(field, expected, code="conflict")


class Unauthorized(Refusal):
    """The merchant API without a valid bearer key."""

    status = 401
    sentence = "A valid bearer key is needed."


class TooSlow(Refusal):
    """A body that did not arrive in time; nothing was read, so nothing was done."""

    status = 408
    sentence = "This is not possible at the moment. Nothing was charged."


class CutShort(Refusal):
    """A body that ends before it should, or in pieces that are none; nothing was read, so nothing was done."""

    status = 400
    sentence = "This is not possible at the moment. Nothing was charged."


class Boxed(Refusal):
    """The page around us put the frame into a sandbox without an origin: a press cannot prove where it comes from."""

    status = 403
    sentence = "This page shows the offer in a box that does not allow paying. Please open it in a window of its own."


class RateLimited(Refusal):
    """Asked too often in a short time; nothing was done. `key` is the press key of the page that asked, or empty."""

    status = 429
    sentence = "Please wait a moment."

    def __init__(self, *, retry_after_s: int, key: str = "") -> None:
        super().__init__(self.sentence)
        self.retry_after_s = retry_after_s
        self.key = key


class Busy(Refusal):
    """More is under way than this process can serve in time; nothing was read or done."""

    status = 503
    sentence = "This is not possible at the moment. Nothing was charged."


class NotNow(Refusal):
    """The provider cannot be asked at the moment; nothing was done."""

    status = 503
    sentence = "This is not possible at the moment. Nothing was charged."
