"""A WACZ is signed, and one flipped byte breaks the signature."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from archive.errors import UsageError
from archive.holdings import Archive
from archive.wacz import export, load_key
from tests.packed import (
    ABOUT,
    EVERYTHING,
    made,
    parts,
    pem,
    store,
)

__all__ = ["made", "store"]


def judged(signed: dict[str, str]) -> bool:
    """Whether a signature holds, read as ReplayWeb.page reads it: two numbers side by side, over the hash's letters."""
    raw = base64.b64decode(signed["signature"])
    half = len(raw) // 2
    der = encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))
    public = serialization.load_der_public_key(base64.b64decode(signed["publicKey"]))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    try:
        public.verify(der, signed["hash"].encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize("curve", [ec.SECP384R1(), pytest.param(ec.SECP256R1(), marks=pytest.mark.slow)])
def test_a_key_signs_the_manifest_and_one_flipped_byte_breaks_it(
    store: Archive, tmp_path: Path, curve: ec.EllipticCurve
) -> None:
    export(store, EVERYTHING, tmp_path / "all.wacz", replace(ABOUT, key=load_key(pem(tmp_path, curve))))
    files = parts(tmp_path / "all.wacz")
    signed = json.loads(files["datapackage-digest.json"])["signedData"]
    assert sorted(signed) == ["created", "hash", "publicKey", "signature", "software", "version"]
    assert signed["hash"] == f"sha256:{hashlib.sha256(files['datapackage.json']).hexdigest()}"
    assert signed["created"] == json.loads(files["datapackage.json"])["created"]
    assert len(base64.b64decode(signed["signature"])) == 2 * curve.key_size // 8
    assert judged(signed)
    flipped = bytearray(files["datapackage.json"])
    flipped[len(flipped) // 2] ^= 1
    assert not judged({**signed, "hash": f"sha256:{hashlib.sha256(flipped).hexdigest()}"})


@pytest.mark.slow
def test_openssl_finds_the_same(store: Archive, tmp_path: Path) -> None:
    export(store, EVERYTHING, tmp_path / "all.wacz", replace(ABOUT, key=load_key(pem(tmp_path, ec.SECP384R1()))))
    signed = json.loads(parts(tmp_path / "all.wacz")["datapackage-digest.json"])["signedData"]
    raw = base64.b64decode(signed["signature"])
    der = encode_dss_signature(int.from_bytes(raw[:48], "big"), int.from_bytes(raw[48:], "big"))
    (tmp_path / "sig").write_bytes(der)
    (tmp_path / "hash").write_text(signed["hash"])
    (tmp_path / "spki").write_bytes(base64.b64decode(signed["publicKey"]))
    ask = [
        "openssl",
        "dgst",
        "-sha256",
        "-verify",
        tmp_path / "spki",
        "-keyform",
        "DER",
        "-signature",
        tmp_path / "sig",
        tmp_path / "hash",
    ]
    assert subprocess.run(ask, capture_output=True, check=False).stdout == b"Verified OK\n"


@pytest.mark.slow
def test_what_is_no_key_is_said(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa

    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    keys = {
        "rsa": rsa.generate_private_key(65537, 2048).private_bytes(*form, serialization.NoEncryption()),
        "locked": ec.generate_private_key(ec.SECP384R1()).private_bytes(
            *form, serialization.BestAvailableEncryption(b"x")
        ),
        "koblitz": ec.generate_private_key(ec.SECP256K1()).private_bytes(*form, serialization.NoEncryption()),
        "text": b"no key",
    }
    for name, data in keys.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(UsageError, match="openssl ecparam"):
            load_key(tmp_path / name)
    with pytest.raises(UsageError, match="cannot be read"):
        load_key(tmp_path / "none")
