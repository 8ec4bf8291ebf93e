"""Dodo Payments through its SDK: the only file that knows it.

Two clients with two characters. The one that asks may ask again; the one that moves sends once, with its own
connection each time, follows nothing, and believes only what has the right shape (reliability 1.4).
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import httpx
import stamina
from msgspec import Struct
from msgspec.structs import replace

from widget.core.answer import Answer, NotSent, Refused, Unknown, Waiting
from widget.core.method import Method
from widget.core.origin import origin_of
from widget.core.payment import Addon, Checkout, Customer, Order, Payment, PaymentLine, Preview, Product, PromoCode
from widget.core.plan_change import Change, ChangePreview
from widget.core.plan_family import Collection
from widget.core.subscription import Subscription
from widget.provider import images, plan_shapes, shapes
from widget.provider.asks import Declined, NotThere, Unreadable
from widget.provider.bodies import cart, change_body
from widget.provider.images import Image
from widget.provider.moves import Opened
from widget.provider.pace import Pace
from widget.provider.plan_moves import PlanMoves
from widget.provider.shapes import Odd
from widget.provider.tls import tls_context
from widget.provider.wire import traced

if TYPE_CHECKING:
    from dodopayments import AsyncDodoPayments

T = TypeVar("T")
Identified = TypeVar("Identified", PaymentLine, Subscription)

# One wait for the provider. All waits of a move together get a quarter more (25 s), which is still shorter than the
# server's kill time-out (30 s) and the browser's (60 s): the shopper sees our answer first.
MOVE_TIMEOUT_S = 20.0
_WHOLE_MOVE = 1.25  # times one wait: answers that drip in byte by byte never exceed one
_CONNECT_S = 5.0  # well inside the whole, or a connection that was never made would look like a lost answer
# Reads are made while preparing or watching; a shopper never waits for more than one of them.
ASK_TIMEOUT_S = 6.0
ASK_TRIES = 3
_ASKS_AT_ONCE = 16  # Dodo's lowest tier allows 40 a second
_PAGE = 100
_PAGES = 50
_LIVE = ("active", "on_hold", "past_due", "paused", "pending")
_ASK_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_REFUSALS = frozenset({400, 401, 402, 403, 404, 405, 410, 422, 429})
_CONFLICT = frozenset({409})  # a change is pending or scheduled already: for subscriptions a no of its own
_DECLINES = _REFUSALS - {429}
_OWN_HOSTS = ".dodopayments.com"


class Dodo(Struct, frozen=True):
    """The provider, as two voices."""

    asks: "DodoAsks"
    moves: "DodoMoves"


@asynccontextmanager
async def open_dodo(
    *,
    api_key: str,
    environment: str | None,
    base_url: str | None,
    transport: httpx.AsyncBaseTransport | None = None,
    move_timeout_s: float = MOVE_TIMEOUT_S,
    ask_timeout_s: float = ASK_TIMEOUT_S,
) -> AsyncGenerator[Dodo, None]:
    """Clients while the block runs. Exactly one of environment and base URL: nobody guesses live (ValueError).

    `transport` replaces the network, for tests that run the provider's double in process.
    """
    if (environment is None) == (base_url is None):
        raise ValueError("give an environment or a base URL, exactly one of them")
    from dodopayments import AsyncDodoPayments  # 0.7 s: not before it is needed

    where: dict[str, Any] = (
        {"base_url": base_url} if base_url is not None else {"environment": environment, "base_url": None}
    )
    pace = Pace(time.time)
    reading = httpx.AsyncClient(
        transport=transport,
        verify=tls_context(),
        timeout=ask_timeout_s,
        trust_env=False,
        follow_redirects=False,
        event_hooks={"response": [pace.heard]},
    )
    patience = httpx.Timeout(move_timeout_s, connect=min(_CONNECT_S, move_timeout_s))
    sending = httpx.AsyncClient(
        transport=transport,
        verify=tls_context(),
        timeout=patience,
        trust_env=False,
        follow_redirects=False,
        # A kept connection that went stale looks like a cut answer: one handshake a charge is cheaper.
        limits=httpx.Limits(max_keepalive_connections=0),
        event_hooks={"request": [traced], "response": [pace.heard]},
    )
    async with reading, sending:
        asking = AsyncDodoPayments(
            bearer_token=api_key, http_client=reading, max_retries=0, timeout=ask_timeout_s, **where
        )
        moving = AsyncDodoPayments(bearer_token=api_key, http_client=sending, max_retries=0, timeout=patience, **where)
        yield Dodo(
            DodoAsks(asking, within_s=ask_timeout_s, pace=pace),
            DodoMoves(moving, within_s=move_timeout_s * _WHOLE_MOVE),
        )


class DodoAsks:
    """`widget.provider.asks.Asks` through the SDK."""

    def __init__(self, client: "AsyncDodoPayments", *, within_s: float, pace: Pace) -> None:
        self._client: Any = client  # its parameters are typed too narrowly to be built from one value
        self._within_s = within_s
        self._pace = pace
        self._base = httpx.URL(str(client.base_url))
        self._origin = origin_of(str(client.base_url))
        self._places = asyncio.Semaphore(_ASKS_AT_ONCE)

    async def payment(self, payment_id: str) -> Payment | NotThere | Unreadable:
        """GET /payments/{id}; an invoice on a strange host is none."""
        found = await self._read(lambda: self._client.payments.retrieve(payment_id), shapes.payment_of)
        if isinstance(found, Payment) and found.invoice_url and not _providers(found.invoice_url, self._base):
            return replace(found, invoice_url=None)
        return found

    async def customer(self, customer_id: str) -> Customer | NotThere | Unreadable:
        """GET /customers/{id}."""
        return await self._read(lambda: self._client.customers.retrieve(customer_id), shapes.customer_of)

    async def payments_of(
        self, customer_id: str, *, since: datetime
    ) -> tuple[PaymentLine, ...] | NotThere | Unreadable:
        """GET /payments, page by page."""
        found = await self._pages(
            "one customer has payments", lambda item: _by_id(shapes.line_of(item)), self._client.payments.list,
            customer_id=customer_id, created_at_gte=since,
        )  # fmt: skip
        return tuple(found.values()) if isinstance(found, dict) else found

    async def payments_page(self, number: int) -> tuple[PaymentLine, ...] | NotThere | Unreadable:
        """GET /payments."""
        return await self._read(
            lambda: self._client.payments.list(page_number=number, page_size=_PAGE),
            lambda answer: tuple(shapes.line_of(item) for item in shapes.listed(answer, "items")),
        )

    async def checkout(self, session_id: str) -> Checkout | NotThere | Unreadable:
        """GET /checkouts/{id}."""
        return await self._read(lambda: self._client.checkout_sessions.retrieve(session_id), shapes.checkout_of)

    async def methods(self, customer_id: str) -> tuple[Method, ...] | NotThere | Unreadable:
        """GET /customers/{id}/payment-methods."""
        return await self._read(
            lambda: self._client.customers.retrieve_payment_methods(customer_id),
            lambda answer: tuple(shapes.method_of(item) for item in shapes.listed(answer, "items")),
        )

    async def product(self, product_id: str) -> Product | NotThere | Unreadable:
        """GET /products/{id}, and its localized prices where it has any; without them it is not known."""
        found = await self._read(lambda: self._client.products.retrieve(product_id), shapes.product_of)
        if not isinstance(found, Product) or not found.pricing_mode:
            return found
        local = await self._read(
            lambda: self._client.products.localized_prices.list(product_id),
            lambda answer: tuple(shapes.local_price_of(item) for item in shapes.listed(answer, "items")),
        )
        if isinstance(local, Unreadable):
            return local
        return found if isinstance(local, NotThere) else replace(found, local=local)

    async def shelf(self, *, archived: bool) -> dict[str, str] | NotThere | Unreadable:
        """GET /products, page by page."""
        ask = self._client.products.list
        return await self._pages("a business has products", shapes.shelved_of, ask, archived=archived)

    async def promo_code(self, code: str) -> PromoCode | NotThere | Unreadable:
        """GET /discounts, filtered by the code: the address of a single one says nothing of those that ended."""
        found = await self._read(
            lambda: self._client.discounts.list(code=code, page_size=_PAGE),
            lambda answer: [shapes.promo_code_of(item) for item in shapes.listed(answer, "items")],
        )
        if isinstance(found, NotThere | Unreadable):
            return found
        return next((one for one in found if one.code.upper() == code.upper()), NotThere())

    async def subscription(self, subscription_id: str) -> Subscription | NotThere | Unreadable:
        """GET /subscriptions/{id}."""
        return await self._read(
            lambda: self._client.subscriptions.retrieve(subscription_id), plan_shapes.subscription_of
        )

    async def subscriptions_of(self, customer_id: str) -> tuple[Subscription, ...] | NotThere | Unreadable:
        """GET /subscriptions, page by page."""
        found = await self._pages(
            "one customer has subscriptions", lambda item: _by_id(plan_shapes.subscription_line_of(item)),
            self._client.subscriptions.list, customer_id=customer_id,
        )  # fmt: skip
        return tuple(found.values()) if isinstance(found, dict) else found

    async def bought(self, customer_id: str, product_id: str, *, until: datetime) -> bool | Unreadable:
        """GET /payments and, as the payments of a subscription may name no product, GET /subscriptions."""
        asked = {"customer_id": customer_id, "product_id": product_id, "created_at_lte": until, "page_size": 1}
        found = await asyncio.gather(
            self._read(lambda: self._client.payments.list(status="succeeded", **asked), _any_item),
            self._read(lambda: self._client.subscriptions.list(**asked), _any_item),
        )
        unread = next((one for one in found if isinstance(one, Unreadable)), None)
        return unread if unread is not None and True not in found else True in found

    async def owns(self, customer_id: str, product_id: str) -> bool | Unreadable:
        """A succeeded payment that was not given back in full, or a live subscription; list items name no products."""
        paid, subscribed = await asyncio.gather(
            self._read(
                lambda: self._client.payments.list(
                    customer_id=customer_id, product_id=product_id, status="succeeded", page_size=_PAGE
                ),
                lambda answer: [
                    item
                    for item in shapes.listed(answer, "items")
                    if shapes.maybe_text(item, "refund_status") != "full"
                ],
            ),
            self._read(
                lambda: self._client.subscriptions.list(
                    customer_id=customer_id, product_id=product_id, page_size=_PAGE
                ),
                lambda answer: [
                    item for item in shapes.listed(answer, "items") if shapes.text(item, "status") in _LIVE
                ],
            ),
        )
        for found in (paid, subscribed):
            if isinstance(found, Unreadable):
                return found
        return any(found for found in (paid, subscribed) if not isinstance(found, NotThere))

    async def image(self, url: str) -> Image | None:
        """A picture from the address the provider gave."""
        return await images.fetch(url, trusted_origin=self._origin)

    async def preview(self, order: Order) -> Preview | Declined | Unreadable:
        """POST /checkouts/preview: creates nothing, so it may be asked again."""
        found = await self._read(
            lambda: self._client.checkout_sessions.preview(**cart(order)), shapes.preview_of, declines=_DECLINES
        )
        return Declined("NOT_FOUND") if isinstance(found, NotThere) else found

    async def change_preview(self, change: Change) -> ChangePreview | Declined | NotThere | Unreadable:
        """POST /subscriptions/{id}/change-plan/preview: changes nothing, so it may be asked again."""
        return await self._read(
            lambda: self._client.subscriptions.preview_change_plan(change.subscription_id, **change_body(change)),
            plan_shapes.change_preview_of,
            declines=_DECLINES | _CONFLICT,
        )

    async def addon(self, addon_id: str) -> Addon | NotThere | Unreadable:
        """GET /addons/{id}."""
        return await self._read(lambda: self._client.addons.retrieve(addon_id), plan_shapes.addon_of)

    async def collection(self, collection_id: str) -> Collection | NotThere | Unreadable:
        """GET /product-collections/{id}."""
        return await self._read(
            lambda: self._client.product_collections.retrieve(collection_id), plan_shapes.collection_of
        )

    async def _pages(
        self, most: str, one: Callable[[Any], tuple[str, T]], ask: Callable[..., Awaitable[object]], **asked: Any
    ) -> dict[str, T] | NotThere | Unreadable:
        """A list to its end, each thing once by its id: the SDK's own paging skips the second page (dodo-api 1.6)."""
        found: dict[str, T] = {}
        for number in range(_PAGES):
            page = await self._read(
                lambda number=number: ask(page_number=number, page_size=_PAGE, **asked),
                lambda answer: [one(item) for item in shapes.listed(answer, "items")],
            )
            if isinstance(page, NotThere | Unreadable):
                return page
            found |= dict(page)
            if len(page) < _PAGE:
                return found
        return Unreadable(f"more pages than {most}")

    async def _read(
        self,
        call: Callable[[], Awaitable[Any]],
        shape: Callable[[Any], T],
        *,
        declines: frozenset[int] = frozenset(),
    ) -> Any:
        """The answer in our shape, NotThere, Unreadable or, for those statuses, Declined, which is not asked again."""
        from dodopayments import APIConnectionError, APIError, APIStatusError

        if not await self._pace.turn(within_s=self._within_s):
            return Unreadable("rate limited")
        try:
            async with self._places:
                async for attempt in stamina.retry_context(
                    on=lambda error: _worth_asking_again(error, settled=declines),
                    attempts=ASK_TRIES,
                    timeout=self._within_s,
                    wait_initial=0.1,
                    wait_max=1.0,
                ):
                    with attempt:
                        return shape(await self._called(call))
        except APIStatusError as error:
            refused = _refusal(error, _REFUSALS | declines)
            if refused is not None and _missing(error.status_code, refused.code, priced=bool(declines)):
                return NotThere()
            if refused is not None and error.status_code in declines:
                return Declined(refused.code)
            return Unreadable(f"status {error.status_code}")
        except APIConnectionError as error:
            return Unreadable(f"{type(error).__name__}: {type(error.__cause__).__name__}")
        # the last three: a body that is not JSON, JSON nested without end, a number beyond any float
        except (APIError, Odd, TimeoutError, ValueError, RecursionError, OverflowError) as error:
            return Unreadable(f"{type(error).__name__}: {error}"[:200])
        return Unreadable("no attempt was made")

    async def _called(self, call: Callable[[], Awaitable[Any]]) -> Any:
        try:
            async with asyncio.timeout(self._within_s):  # the client's own time-out starts anew with every byte
                return await call()
        except AttributeError as error:  # the SDK's lists trip over a body that is no object
            raise Odd("the answer is no object") from error


def _by_id(one: Identified) -> tuple[str, Identified]:
    return one.id, one


def _any_item(answer: Any) -> bool:
    return bool(shapes.listed(answer, "items"))


class DodoMoves(PlanMoves):
    """`widget.provider.moves.Moves` through the SDK."""

    def __init__(self, client: "AsyncDodoPayments", *, within_s: float) -> None:
        super().__init__(client, send=self._send, trusted=self._trusted)
        self._client: Any = client  # its parameters are typed too narrowly to be built from one value
        self._within_s = within_s
        self._base = httpx.URL(str(client.base_url))

    async def charge(self, order: Order, *, method_id: str, return_url: str, metadata: dict[str, str]) -> Answer:
        """One POST /checkouts with confirm; a session and a payment id mean that the provider knows it."""
        answer = await self._send(
            lambda: self._client.checkout_sessions.create(
                **cart(order),
                confirm=True,
                payment_method_id=method_id,
                return_url=return_url,
                metadata=metadata,
                feature_flags={"redirect_immediately": True},
            ),
            "CheckoutSessionResponse",
            refusing=_REFUSALS,
        )
        if isinstance(answer, NotSent | Refused | Unknown):
            return answer
        try:
            session_id = shapes.text(answer, "session_id")
            payment_id = shapes.maybe_text(answer, "payment_id")
        except Odd as odd:
            return Unknown(str(odd))
        return Waiting(payment_id=payment_id, session_id=session_id)

    async def open_checkout(
        self, order: Order, *, return_url: str, cancel_url: str | None, metadata: dict[str, str]
    ) -> Opened | Refused | NotSent | Unknown:
        """One POST /checkouts without confirm: a page where the shopper pays by hand."""
        optional: dict[str, Any] = {"cancel_url": cancel_url} if cancel_url else {}
        if not order.customer_id:
            # A stranger who types a known customer's address must not become that customer, saved cards and all.
            optional["feature_flags"] = {"always_create_new_customer": True}
        answer = await self._send(
            lambda: self._client.checkout_sessions.create(
                **cart(order), return_url=return_url, metadata=metadata, **optional
            ),
            "CheckoutSessionResponse",
            refusing=_REFUSALS,
        )
        if isinstance(answer, NotSent | Refused | Unknown):
            return answer
        try:
            session_id, url = shapes.text(answer, "session_id"), shapes.text(answer, "checkout_url")
        except Odd as odd:
            return Unknown(str(odd))
        return Opened(session_id, url) if self._trusted(url) else Unknown("a checkout page on a strange host")

    def _trusted(self, url: str) -> bool:
        """Shoppers are only sent to the provider."""
        return _providers(url, self._base)

    async def _send(
        self,
        call: Callable[[], Awaitable[Any]],
        shape: str,
        *,
        also: tuple[Any, ...] = (),
        refusing: frozenset[int] = _REFUSALS | _CONFLICT,
    ) -> Any:
        """What one sending ended in: the SDK's model named `shape`, one of `also`, or what can be said without one.

        Never raises for the provider; statuses outside `refusing` are no refusal, whatever they say.
        """
        from dodopayments import APIConnectionError, APIError, APIStatusError

        try:
            async with asyncio.timeout(self._within_s):
                answer = await call()
        except APIStatusError as error:
            return _refusal(error, refusing) or Unknown(f"status {error.status_code}")
        except APIConnectionError as error:  # also its time-outs: what happened is told by the cause, not by the class
            cause = error.__cause__
            if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
                return NotSent(type(cause).__name__)
            return Unknown(type(cause).__name__)
        # a 200 whose body is not JSON, or too much for the SDK's models, is no SDK error
        except (APIError, TimeoutError, ValueError, RecursionError, OverflowError) as error:
            return Unknown(type(error).__name__)
        return answer if _is(answer, shape) or answer in also else Unknown(f"a 200 that is {type(answer).__name__}")


def _providers(url: str, base: httpx.URL) -> bool:
    """The provider's own: https on its hosts, or the base URL's host.

    Judged by origin: a backslash or a user name makes browsers and Python see different hosts.
    """
    origin = origin_of(url)
    if origin is None:
        return False
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if parts.scheme == "https" and host.endswith(_OWN_HOSTS):
        return True
    return host == base.host and parts.scheme == base.scheme


def _is(answer: Any, shape: str) -> bool:
    from dodopayments import types

    return isinstance(answer, getattr(types, shape, ()))


def _missing(status: int, code: str, *, priced: bool) -> bool:
    """Whether the thing asked for does not exist; a price may be refused for something else that does not."""
    return code == "NOT_FOUND" and status == 404 if priced else status in {404, 410}


def _refusal(error: Any, refusing: frozenset[int]) -> Refused | None:
    """The provider's own no; a 4xx from a box in the middle does not have its shape and proves nothing."""
    body = error.body
    if error.status_code not in refusing or not isinstance(body, dict):
        return None
    code, message = body.get("code"), body.get("message")  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    if not isinstance(code, str) or not code or not isinstance(message, str):
        return None
    return Refused(code)


def _worth_asking_again(error: Exception, *, settled: frozenset[int]) -> bool:
    from dodopayments import APIConnectionError, APIStatusError

    if isinstance(error, APIStatusError):
        return error.status_code in _ASK_AGAIN - settled
    return isinstance(error, APIConnectionError)
