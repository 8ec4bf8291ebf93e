"""G-07: no altered ticket or press key opens or moves anything, whichever way it was altered."""

import base64
import hashlib
import hmac
import json
import random
import string
from collections.abc import Callable, Iterator
from typing import Any

from tests.campaign.figure import Figure, measuring, scaled
from widget.core.secret import Secret
from widget.web import press_keys, tickets, tokens
from widget.web.press_keys import BadPress, Press, StalePress
from widget.web.tickets import BadTicket

GOAL = "0 of 1,000,000 altered tickets and press keys accepted: every bit, every character, every header, claim and key"
NOW = 1_800_000_000
MARAS = (Secret("mara-signs-with-this-key-0123456789"), Secret("maras-older-key-0123456789-abcdefgh"))
REXS = (Secret("rex-would-like-to-sign-with-this-one"),)
MARAS_BYTES = MARAS[0].reveal().encode()
ALPHABET = string.ascii_letters + string.digits + "-_.=+/ %\n\x00é"
OFFER = tickets.mint_offer(MARAS, customer_id="cus_nadia", payment_id="pay_1", locale="pt-BR", theme="dark", now=NOW)
PLANS = tickets.mint_plans(MARAS, customer_id="cus_nadia", subscription_id="sub_1", now=NOW)
PRESS = press_keys.make(
    Press(ticket="9f2c", occasion_id="occ_1", presentation_id="prs_1", step=1, quote_id="quo_1", charge_id="chg_1"), MARAS, NOW
)  # fmt: skip
CLAIMS: dict[str, Any] = {
    "aud": "encore/offer", "sub": "cus_nadia", "iat": NOW, "exp": NOW + 900, "jti": "b6f1", "payment_id": "pay_1",
}  # fmt: skip
DOORS: dict[str, Callable[[str], object]] = {
    "offer ticket": lambda token: tickets.read(token, "encore/offer", MARAS, NOW),
    "plans ticket": lambda token: tickets.read(token, "encore/plans", MARAS, NOW),
    "press key": lambda token: press_keys.read(token, MARAS, NOW),
}
GENUINE = {"offer ticket": OFFER, "plans ticket": PLANS, "press key": PRESS}


def run(size: str, seed: int, engine: str) -> Figure:
    rng = random.Random(seed)
    wanted = scaled(size, push=50_000, night=1_000_000)
    with measuring("G-07", GOAL, size, seed, engine) as tally:
        for door, token in GENUINE.items():
            if not opens(door, token):
                tally.wrong(seed, f"the genuine {door} is refused, so that nothing was shown")
        done = 0
        for kind, token, doors in altered(rng, wanted):
            for door in doors:
                if opens(door, token):
                    tally.wrong(seed, f"{door} accepted {kind}: {token[:300]!r}")
            tally.count(kind)
            done += 1
        tally.count("tokens", done)
        if done < wanted:
            tally.wrong(seed, f"only {done} tokens were tried")
    return tally.figure()


def opens(door: str, token: str) -> bool:
    """Whether it is accepted; an error that is not the door's own is an acceptance too: it would be a 500."""
    try:
        DOORS[door](token)
    except (BadTicket, BadPress, StalePress):
        return False
    except Exception:  # noqa: BLE001 - counted as wrong, with the token that shows it
        return True
    return True


def altered(rng: random.Random, wanted: int) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """First everything that can be listed, then seeded mixtures until there are as many as wanted; each with its doors.

    What has another key, header or claim is tried at every door, a changed token at its own.
    """
    everywhere = tuple(DOORS)
    listed = [
        *(("signed, with another header", token, everywhere) for token in headers()),
        *(("signed, with other claims", token, everywhere) for token in claims()),
        *(("signed with another key or algorithm", token, everywhere) for token in signatures()),
        *(("parts of several tokens", token, everywhere) for token in spliced()),
    ]
    for door, token in GENUINE.items():
        listed += [("one bit", one, (door,)) for one in bits(token)]
        listed += [("trailing or missing", one, (door,)) for one in ends(token)]
        listed += [("one character", one, (door,)) for one in characters(token)]
    genuine = set(GENUINE.values())
    changed = [one for one in listed if one[1] not in genuine]
    yield from changed
    left = wanted - len(changed)
    while left > 0:
        door, token = mixed(rng)  # the changes may undo each other
        if token not in genuine:
            yield "several changes", token, (door,)
            left -= 1


def sealed(head: object, payload: object, key: bytes = MARAS_BYTES, *, by: str = "sha256") -> str:
    """Signed by hand, where a library would refuse; text is taken as it is."""
    parts = [_b64((part if isinstance(part, str) else json.dumps(part)).encode()) for part in (head, payload)]
    return ".".join([*parts, _b64(hmac.digest(key, ".".join(parts).encode(), by))])


def headers() -> Iterator[str]:
    """Genuinely signed, but the header chooses, points at, or demands something."""
    for head in (
        *({"alg": alg} for alg in ("none", "None", "NONE", "nOnE", "", "hs256", "HS384", "HS512", "RS256", "ES256", "PS256",
          "EdDSA", "HS256 ", "HS256\x00", ["HS256"], {"a": 1}, None, 256, True)),
        *({"alg": "HS256", name: value} for name, value in (
            ("jku", "https://rex.example/keys"), ("x5u", "https://rex.example/keys"), ("x5c", ["MII"]), ("x5t", "a"), ("x5t#S256", "a"),
            ("jwk", {"kty": "oct", "k": "AA"}), ("crit", ["b64"]), ("crit", []), ("b64", False), ("zip", "DEF"), ("cty", "JWT"),
            ("enc", "A256GCM"), ("kid", 1), ("kid", "k" * 65), ("kid", ["a"]), ("kid", {"k": 1}), ("typ", "JWE"), ("typ", 5),
            ("typ", "at+jwt"), ("typ", "dpop+jwt"), ("nonce", "a"), ("", ""),
        )),
        {}, [], "null", "5", '"HS256"', '{"typ":"JWT"}', '{"alg":"HS256","alg":"HS256"}', '{"alg":"none","alg":"HS256"}',
        '{"alg":"HS256","typ":"JWT"} {}', '{"alg":"HS256",}', '{"alg":"HS256"}\x00', "\ufeff" + '{"alg":"HS256"}', "{'alg':'HS256'}",
    ):  # fmt: skip
        yield sealed(head, CLAIMS)
        yield sealed(head, CLAIMS | {"aud": "encore/plans", "subscription_id": "sub_1"})
    yield sealed({"alg": "HS256", "typ": "encore-press+jwt"}, CLAIMS)
    for kid in ("../../dev/null", "' OR 1=1", "/proc/self/environ", "https://rex.example/k", "0", "\x00"):
        yield sealed({"alg": "HS256", "kid": kid}, CLAIMS, b"")
        yield sealed({"alg": "HS256", "kid": kid}, CLAIMS, kid.encode())


def claims() -> Iterator[str]:
    """Genuinely signed, but for something or somebody else, or of another shape."""
    head = {"alg": "HS256", "typ": "JWT"}
    odd: list[Any] = [
        None,
        True,
        1,
        -1,
        1.5,
        "",
        "x" * 2_000,
        [],
        {},
        ["a"],
        {"a": 1},
        "\x00",
        "a\nb",
        "../x",
        "<b>",
        "\u202e",
    ]
    for name in CLAIMS:
        yield sealed(head, {key: value for key, value in CLAIMS.items() if key != name})
        for value in odd:
            if name != "jti" or value not in ("../x", "<b>"):  # any mark may be in a jti: it is only ever hashed
                yield sealed(head, CLAIMS | {name: value})
        yield sealed(head, _doubled(name))
    hour = 3_600
    for times in (
        {"iat": NOW + 61, "exp": NOW + 400}, {"iat": NOW + hour, "exp": NOW + hour + 900}, {"nbf": NOW + 61}, {"nbf": 10**10}, {"nbf": "0"},
        {"exp": NOW}, {"exp": NOW - 1}, {"exp": NOW + 901}, {"exp": 10**30}, {"exp": -1}, {"iat": NOW - 901, "exp": NOW},
        {"iat": 1}, {"exp": 1}, {"iat": 1.5}, {"exp": 1.5}, {"iat": str(NOW)}, {"exp": str(NOW + 900)},
    ):  # fmt: skip
        yield sealed(head, CLAIMS | times)
    for aud in (
        "encore/press",
        "encore",
        "encore/offers",
        "ENCORE/OFFER",
        "encore/offer ",
        ["encore/offer"],
        ["encore/offer", "encore/plans"],
    ):
        yield sealed(head, CLAIMS | {"aud": aud})
    yield sealed(head, CLAIMS | {"aud": "encore/plans"})  # without a subscription
    yield sealed(head, CLAIMS | {"note": "x" * 1_024})
    for text in (
        "null",
        "[]",
        "5",
        '"a"',
        "",
        "{",
        json.dumps(CLAIMS) + "{}",
        json.dumps([CLAIMS]),
        "[" * 300 + "]" * 300,
    ):
        yield sealed(head, text)


def _doubled(name: str) -> str:
    """The claim twice: whoever reads the first and whoever reads the last would see two tickets."""
    return f'{{"{name}":{json.dumps(CLAIMS[name])},' + json.dumps(CLAIMS)[1:]


def signatures() -> Iterator[str]:
    """The right words, signed by nobody, by Rex, by a key of another purpose or by another function."""
    head, press_head = {"alg": "HS256", "typ": "JWT"}, {"alg": "HS256", "typ": "encore-press+jwt"}
    press = {"aud": "encore/press", "exp": NOW + 900, "press": {"ticket": "t", "occasion_id": "occ_1", "made_at": NOW}}
    derived = tokens.derived(MARAS, "press")[0]
    for other in (REXS[0].reveal().encode(), b"", b"\x00", b"secret", MARAS_BYTES.upper(), MARAS_BYTES + b"\n", MARAS_BYTES[:-1], derived,
                  hashlib.sha256(MARAS_BYTES).digest(), base64.b64encode(MARAS_BYTES), tokens.derived(MARAS, "hook")[0]):  # fmt: skip
        yield sealed(head, CLAIMS, other)
    for other in (
        REXS[0].reveal().encode(),
        b"",
        MARAS_BYTES,
        tokens.derived(MARAS, "ticket")[0],
        tokens.derived(REXS, "press")[0],
    ):
        yield sealed(press_head, press, other)
        yield sealed(head, press, other)
    for by in ("sha384", "sha512", "sha1", "md5"):
        for alg in ("HS256", f"HS{by[3:]}", "none"):
            yield sealed({"alg": alg}, CLAIMS, by=by)
    for token in GENUINE.values():
        first, second, third = token.split(".")
        for none in ("none", "None", "NONE", "nOnE"):
            unsigned = _b64(json.dumps({"alg": none, "typ": "JWT"}).encode())
            yield from (
                f"{unsigned}.{second}.",
                f"{unsigned}.{second}",
                f"{unsigned}.{second}.{third}",
                f"{unsigned}.{second}.e30",
            )
        yield from (
            f"{first}.{second}.",
            f"{first}.{second}",
            f"{first}..{third}",
            f".{second}.{third}",
            f"{first}.{second}.{'A' * 43}",
        )
        yield from (
            f"{first}.{second}.{third[:22]}",
            f"{first}.{second}.{third}{third}",
            f"Bearer {token}",
            f"{token}.{third}",
            token.upper(),
        )


def spliced() -> Iterator[str]:
    """Every part of every token in every place."""
    pieces = [part for token in GENUINE.values() for part in token.split(".")]
    yield from (f"{one}.{two}.{three}" for one in pieces for two in pieces for three in pieces)


def bits(token: str) -> Iterator[str]:
    """Every bit of the three parts, spelled canonically again; and every bit of the text."""
    parts = token.split(".")
    for place, part in enumerate(parts):
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        for bit in range(len(decoded) * 8):
            flipped = bytearray(decoded)
            flipped[bit // 8] ^= 1 << bit % 8
            yield ".".join([*parts[:place], _b64(bytes(flipped)), *parts[place + 1 :]])
    for at, mark in enumerate(token):
        for bit in range(8):
            yield token[:at] + chr(ord(mark) ^ 1 << bit) + token[at + 1 :]


def characters(token: str) -> Iterator[str]:
    """Every character by every other of the alphabet and of what lies around it."""
    for at, mark in enumerate(token):
        yield from (token[:at] + other + token[at + 1 :] for other in ALPHABET if other != mark)


def ends(token: str) -> Iterator[str]:
    """Something before, behind or in between; something missing; two swapped."""
    for more in (
        "=",
        "==",
        "====",
        ".",
        "..",
        "\n",
        "\r\n",
        " ",
        "\t",
        "\x00",
        "A",
        "AA",
        "AAAA",
        "%00",
        "%3D",
        "é",
        "#",
        "?",
        "/",
        "\u200b",
    ):
        yield from (token + more, more + token)
        yield from (token.replace(".", more + "."), token.replace(".", "." + more))
    yield from (token[:at] for at in range(len(token)))
    yield from (token[at:] for at in range(1, len(token)))
    yield from (token[:at] + token[at + 1 :] for at in range(len(token)))
    yield from (
        token[:at] + token[at : at + 2][::-1] + token[at + 2 :]
        for at in range(len(token) - 1)
        if token[at] != token[at + 1]
    )


def mixed(rng: random.Random) -> tuple[str, str]:
    """Two to five changes anywhere in one of the tokens, and the door it is meant for."""
    door, token = rng.choice(list(GENUINE.items()))
    for _ in range(rng.randint(2, 5)):
        at = rng.randrange(len(token) + 1)
        match rng.randrange(5):
            case 0:
                token = token[:at] + rng.choice(ALPHABET) + token[at + 1 :]
            case 1:
                token = token[:at] + rng.choice(ALPHABET) + token[at:]
            case 2:
                token = token[:at] + token[at + rng.randint(1, 4) :]
            case 3:
                there = rng.randrange(len(token) + 1)
                token = token[:at] + token[there : there + rng.randint(1, 30)] + token[at:]
            case _:
                token = token[:at] + rng.choice(list(GENUINE.values()))[at:]
    return door, token


def _b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
