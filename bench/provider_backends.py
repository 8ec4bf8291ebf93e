"""How many reads a second the SDK makes through each of its HTTP backends: `python bench/provider_backends.py`.

One keep-alive server in a process of its own, one client, reads one after another and eight at a time; the
two backends take turns, so that the machine's mood cancels out of the ratio.
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import socket
import statistics
import time

from dodopayments import AsyncDodoPayments, DefaultAioHttpClient, DefaultAsyncHttpxClient

BODY = json.dumps(
    {"id": "cks_1", "created_at": "2026-04-16T09:00:00Z", "payment_id": "pay_1", "payment_status": "succeeded"}
).encode()
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(BODY), BODY)


def serve(port: int) -> None:
    """Answers every request the same."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(ANSWER)
                await writer.drain()
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", port)
        async with server:
            await server.serve_forever()

    asyncio.run(main())


async def rate(client: AsyncDodoPayments, seconds: float, at_once: int) -> float:
    done, end = 0, time.perf_counter() + seconds

    async def ask() -> None:
        nonlocal done
        while time.perf_counter() < end:
            await client.checkout_sessions.retrieve("cks_1")
            done += 1

    await asyncio.gather(*(ask() for _ in range(at_once)))
    return done / seconds


async def compare(port: int, seconds: float) -> None:
    where = {"bearer_token": "k", "base_url": f"http://127.0.0.1:{port}", "max_retries": 0}
    async with (
        AsyncDodoPayments(**where, http_client=DefaultAsyncHttpxClient()) as httpx_client,  # type: ignore[arg-type]
        AsyncDodoPayments(**where, http_client=DefaultAioHttpClient()) as aiohttp_client,  # type: ignore[arg-type]
    ):
        for at_once in (1, 8):
            await rate(httpx_client, 0.3, at_once)
            await rate(aiohttp_client, 0.3, at_once)
            rounds = [
                (await rate(httpx_client, seconds, at_once), await rate(aiohttp_client, seconds, at_once))
                for _ in range(5)
            ]
            httpx_rate, aiohttp_rate = (statistics.median(column) for column in zip(*rounds, strict=True))
            ratio = statistics.median(b / a for a, b in rounds)
            print(f"{at_once} at a time: httpx {httpx_rate:6.0f}/s, aiohttp {aiohttp_rate:6.0f}/s, ratio {ratio:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = multiprocessing.Process(target=serve, args=(port,), daemon=True)
    server.start()
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.02)
    asyncio.run(compare(port, parser.parse_args().seconds))
    server.terminate()


if __name__ == "__main__":
    main()
