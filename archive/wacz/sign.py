"""The anonymous signature of a WACZ's manifest: an elliptic curve key and what it signs; it keeps no key.

https://specs.webrecorder.net/wacz-auth/0.1.0/#anonymous-signature. As ReplayWeb.page reads it: ECDSA with SHA-256 over
the letters of the manifest's hash, the two numbers of the signature side by side, the public key as SPKI.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from archive.errors import UsageError

VERSION: Final = "0.1.0"
_CURVES: Final = (ec.SECP384R1, ec.SECP256R1)


class Key:
    """A private key that signs. Equal things get equal signatures (RFC 6979), so that an export can be repeated."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private

    @property
    def public(self) -> str:
        """The public key: base64 of its SPKI."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        spki = self._private.public_key().public_bytes(serialization.Encoding.DER, form)
        return base64.b64encode(spki).decode()

    def sign(self, hash_: str, created: str, software: str) -> Mapping[str, str]:
        """The `signedData` of a manifest's hash; no other property may stand in it."""
        method = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        numbers = decode_dss_signature(self._private.sign(hash_.encode(), method))
        width = (self._private.curve.key_size + 7) // 8
        raw = b"".join(number.to_bytes(width, "big") for number in numbers)
        return {
            "hash": hash_,
            "created": created,
            "software": software,
            "version": VERSION,
            "signature": base64.b64encode(raw).decode(),
            "publicKey": self.public,
        }


def load_key(path: Path) -> Key:
    """A private key in a PEM file, of the curve P-384 or P-256, without a password.

    Raises:
        UsageError: there is no such key in the file.
    """
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise UsageError(f"the key {path} cannot be read: {error.strerror or error}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UsageError(f"{path} holds no private key in PEM without a password; {_MAKE}") from None
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, _CURVES):
        raise UsageError(f"the key {path} is not of the curve P-384 or P-256; {_MAKE}")
    return Key(private)


_MAKE: Final = "make one: openssl ecparam -name secp384r1 -genkey -noout -out key.pem"
