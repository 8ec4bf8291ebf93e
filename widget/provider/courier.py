"""Carries an outgoing event to the merchant's server: one POST, through the guard, and whether it arrived."""

import asyncio

import httpx
from msgspec import Struct

from widget.provider.outward import Reach, Resolve, resolve, target_of
from widget.provider.tls import tls_context

WITHIN_S = 5.0  # name look-up, connection, sending and answer together
ANSWER_BYTES = 64_000  # of the answer nothing is needed; so much of it is read, so that the other side can end


class Arrived(Struct, frozen=True):
    """The other side said 2xx."""

    status: int


class NotArrived(Struct, frozen=True):
    """It did not, or nobody was there; `cause` is for the log and the list."""

    cause: str
    status: int | None = None


async def carry(
    url: str,
    body: str,
    headers: dict[str, str],
    *,
    reach: Reach,
    resolver: Resolve = resolve,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Arrived | NotArrived:
    """POST it; 2xx is an arrival and nothing else is: a redirect is not followed. Never raises for the other side."""
    try:
        async with asyncio.timeout(WITHIN_S):
            target = await target_of(url, resolver, reach=reach)
            if target is None:
                return NotArrived("the address is not there, or not one that Encore may call")
            async with httpx.AsyncClient(
                transport=transport, verify=tls_context(), follow_redirects=False, timeout=WITHIN_S, trust_env=False
            ) as client:
                sent = headers | {"host": target.host, "accept-encoding": "identity"}
                request = client.build_request(
                    "POST", target.url, content=body.encode(), headers=sent, extensions={"sni_hostname": target.name}
                )
                answer = await client.send(request, stream=True)
                try:
                    await _let_end(answer)
                finally:
                    await answer.aclose()
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
        return NotArrived(type(error).__name__)
    if answer.is_success:
        return Arrived(answer.status_code)
    return NotArrived(f"status {answer.status_code}", answer.status_code)


async def _let_end(answer: httpx.Response) -> None:
    read = 0
    async for chunk in answer.aiter_raw():
        read += len(chunk)
        if read > ANSWER_BYTES:
            return
