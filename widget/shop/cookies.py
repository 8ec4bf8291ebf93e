"""The shop's own signed cookies: which orders this browser started, and who is signed in. No key shared with Encore."""

import time
from typing import Any

import jwt
from litestar import Request, Response

LIVES_S = 86_400
REMEMBERED = 8  # orders of one browser: several tabs, and a cookie that stays small


class Cookies:
    """Reads and writes them; `secret` never leaves the server, and over https they are for https only."""

    def __init__(self, secret: str, *, secure: bool) -> None:
        self._secret = secret
        self._secure = secure

    def orders(self, request: Request[Any, Any, Any]) -> list[str]:
        """The orders that this browser started, the oldest first."""
        return str(self._read(request, "orders") or "").split()

    def add_order(self, request: Request[Any, Any, Any], answer: Response[Any], order: str) -> None:
        """Remember one more."""
        self._write(answer, "orders", " ".join([*self.orders(request), order][-REMEMBERED:]))

    def customer(self, request: Request[Any, Any, Any]) -> str | None:
        """Who is signed in."""
        return self._read(request, "customer")

    def sign_in(self, answer: Response[Any], customer_id: str) -> None:
        """Remember who this is."""
        self._write(answer, "customer", customer_id)

    def _write(self, answer: Response[Any], name: str, value: str) -> None:
        # the name is the audience: a cookie of one kind is nothing as another
        claims = {"aud": f"brushwork/{name}", "said": value, "exp": int(time.time()) + LIVES_S}
        signed = jwt.encode(claims, self._secret, algorithm="HS256")  # pyright: ignore[reportUnknownMemberType] - PyJWT's own gap
        answer.set_cookie(name, signed, max_age=LIVES_S, httponly=True, samesite="lax", secure=self._secure)

    def _read(self, request: Request[Any, Any, Any], name: str) -> str | None:
        options: Any = {"require": ["exp", "said"]}
        try:
            claims = jwt.decode(  # pyright: ignore[reportUnknownMemberType] - PyJWT's own gap
                request.cookies.get(name, ""),
                self._secret,
                algorithms=["HS256"],
                audience=f"brushwork/{name}",
                options=options,
            )
        except jwt.InvalidTokenError:
            return None
        return str(claims["said"])
