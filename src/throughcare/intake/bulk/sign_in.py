"""Sign in: SMART backend services: a signed statement of who we are becomes a token that lives a few minutes.

Source: HL7 SMART App Launch 2.2, "Client authentication: asymmetric" and "Backend services".
"""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from throughcare.faults import Fault, Unavailable

ALGORITHMS = {"RSA": "RS384", "EC": "ES384"}
STATEMENT_SECONDS = 240  # the standard allows five minutes
EARLY_SECONDS = 30  # a token about to end is not used any more
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(slots=True)
class SignIn:
    """Who we are to one server. `key` is the text of our private JWK or PEM; `scope` as the server grants it."""

    client_id: str
    token_url: str
    key: str
    scope: str = "system/*.rs"
    clock: Callable[[], float] = time.time
    _token: str = field(default="", repr=False)
    _ends: float = 0

    def token(self, client: httpx2.Client) -> str:
        """A token that still holds, fetched anew when the last one is about to end."""
        if self.clock() >= self._ends - EARLY_SECONDS:
            answer = client.post(self.token_url, data={
                "grant_type": "client_credentials", "scope": self.scope,
                "client_assertion_type": BEARER, "client_assertion": self._statement(),
            })  # fmt: skip
            if answer.status_code != 200:
                raise Unavailable(
                    f"The server gave no token ({answer.status_code}).", where=self.token_url,
                    do="Check the client id, the scope, and that the server knows our public key.",
                )  # fmt: skip
            told = answer.json()
            self._token, self._ends = told["access_token"], self.clock() + float(told.get("expires_in", 300))
        return self._token

    def _statement(self) -> str:
        key, now = _read(self.key), int(self.clock())
        claims = {
            "iss": self.client_id, "sub": self.client_id, "aud": self.token_url, "jti": str(uuid.uuid4()),
            "iat": now, "exp": now + STATEMENT_SECONDS,
        }  # fmt: skip
        algorithm = ALGORITHMS[key.key_type]
        header = {"alg": algorithm, "typ": "JWT", **({"kid": key.kid} if key.kid else {})}
        return jwt.encode(header, claims, key, algorithms=[algorithm])


def _read(text: str) -> RSAKey | ECKey:
    """The first RSA or EC P-384 key with a private part in a JWK, a set of them, or a PEM."""
    try:
        keys = _keys(text)
    except (ValueError, KeyError, JoseError) as fault:
        raise Fault("The key is neither a JWK nor a PEM.", do="Give a private RSA or EC P-384 key.") from fault
    for key in keys:
        fits = isinstance(key, RSAKey) or (isinstance(key, ECKey) and key.curve_name == "P-384")
        if fits and key.is_private:
            return key
    raise Fault("The file holds no private RSA or EC P-384 key.", do="Give the private key, not the public one.")


def _keys(text: str) -> list[Any]:
    if not text.lstrip().startswith("{"):
        return [_of_pem(text)]
    told = json.loads(text)
    return list(KeySet.import_key_set(told)) if "keys" in told else list(KeySet.import_key_set({"keys": [told]}))


def _of_pem(text: str) -> RSAKey | ECKey:
    """PKCS#8 does not say in its first line which kind the key is."""
    if "ENCRYPTED" in text:
        raise Fault("The key is encrypted.", do="Give it without its password: openssl pkey -in key.pem -out plain.pem")
    try:
        return RSAKey.import_key(text)
    except (ValueError, JoseError):
        return ECKey.import_key(text)
