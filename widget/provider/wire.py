"""The crash points on the wire, seen from our end of it: what the HTTP library tells of a request that moves money.

`wire.executed` and `change.executed` lie behind the wire, where only the provider knows: they are in the sandbox.
"""

import httpx

from widget import probe


async def traced(request: httpx.Request) -> None:
    """A request hook of the money client; in process, where there is no wire, nothing is told."""
    request.extensions["trace"] = _told


async def _told(event: str, _: object) -> None:
    match event:
        case "connection.connect_tcp.complete":
            probe.at("wire.connected")
        case "http11.send_request_headers.complete":  # the first bytes have left
            probe.at("wire.first_byte")
        case "http11.send_request_body.complete":
            probe.at("wire.request_complete")
        case "http11.receive_response_headers.complete":  # of the answer only its head was read
            probe.at("wire.reply_partial")
        case _:
            return
