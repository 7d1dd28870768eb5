"""The envelope, held to the documentation's own example and to everything that is nearly one."""

from __future__ import annotations

import base64
import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from bots.errors import Refused
from bots.wecom_app.crypto import WINDOW_SECONDS, Envelope, Forged
from bots.wecom_app.reading import callback_of
from tests.bots.wecom_app.emulator import CORP, KEY, TOKEN, sealed, signed
from tests.node_packages import installed

RECEIVER = "wx5823bf96d3bd56c7"
ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
SEAL = {"signature": "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "timestamp": "1409659589", "nonce": "263014780"}
THEN = datetime.fromtimestamp(1409659589, UTC)
ENVELOPE = Envelope(TOKEN, KEY, CORP)


def opened(encrypted: str, **more: str) -> str:
    seal = {**signed(encrypted, THEN), **more}
    return ENVELOPE.opened(
        encrypted, signature=seal["msg_signature"], timestamp=seal["timestamp"], nonce=seal["nonce"], now=THEN
    )


def test_the_documentation_s_example_opens_to_its_text() -> None:
    envelope = Envelope(TOKEN, KEY, RECEIVER)
    assert envelope.signature("1409659589", "263014780", ECHO) == SEAL["signature"]
    assert envelope.opened(ECHO, **SEAL, now=THEN) == "1616140317555161061"


@pytest.mark.parametrize("name", ["signature", "timestamp", "nonce"])
def test_another_seal_does_not_fit(name: str) -> None:
    with pytest.raises(Forged):
        Envelope(TOKEN, KEY, RECEIVER).opened(ECHO, **{**SEAL, name: SEAL[name][:-1] + "1"}, now=THEN)


@pytest.mark.parametrize("signature", ["", "é" * 40, SEAL["signature"].upper(), SEAL["signature"] + " ", "\udc00"])
def test_a_signature_is_compared_as_it_is(signature: str) -> None:
    with pytest.raises(Forged):
        Envelope(TOKEN, KEY, RECEIVER).opened(ECHO, **{**SEAL, "signature": signature}, now=THEN)


def test_what_is_for_somebody_else_is_not_opened() -> None:
    with pytest.raises(Forged):
        Envelope(TOKEN, KEY, RECEIVER + "x").opened(ECHO, **SEAL, now=THEN)


@pytest.mark.parametrize(("seconds", "fits"), [(WINDOW_SECONDS, True), (WINDOW_SECONDS + 1, False), (-301, False)])
def test_an_old_or_a_future_call_is_refused_however_well_it_is_sealed(seconds: int, fits: bool) -> None:
    envelope, now = Envelope(TOKEN, KEY, RECEIVER), THEN + timedelta(seconds=seconds)
    if fits:
        assert envelope.opened(ECHO, **SEAL, now=now)
    else:
        with pytest.raises(Forged):
            envelope.opened(ECHO, **SEAL, now=now)


@pytest.mark.parametrize("broken", ["", "A", "AAAA", "!" * 64, base64.b64encode(b"\0" * 32).decode(), ECHO[:-24], "好"])
def test_what_is_no_envelope_is_refused_even_with_a_true_signature(broken: str) -> None:
    with pytest.raises(Forged):
        opened(broken)


def test_padding_of_which_only_the_end_is_right_is_refused() -> None:
    text = b"r" * 16 + (5).to_bytes(4) + b"hello" + CORP.encode()
    plain = text + b"\0" * (64 - len(text) - 1) + bytes([64 - len(text)])
    assert 1 < plain[-1] <= 32
    secret = base64.b64decode(KEY + "=")
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).encryptor()
    with pytest.raises(Forged):
        opened(base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode())


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_whatever_went_in_comes_out(text: str) -> None:
    assert opened(sealed(text)) == text


@pytest.mark.parametrize("key", ["", KEY[:-1], KEY + "=", "!" * 43, "好" * 43])
def test_a_key_that_is_none_is_named(key: str) -> None:
    with pytest.raises(Refused, match="CITYDESK_WECOM_APP_KEY"):
        Envelope(TOKEN, key, CORP)


def test_the_official_library_s_envelopes_are_opened_and_signed_alike() -> None:
    module = installed("@wecom/crypto", "1.0.1", "lib/index.mjs")
    script = """
        const [, module, token, key, receiver] = process.argv;
        const { encrypt, getSignature } = await import(module);
        for (let n = 0; n < 70; n++) {
          const sealed = encrypt(key, "好".repeat(n) + "x".repeat(n % 3), receiver);
          console.log(sealed, getSignature(token, "1409659589", "n" + n, sealed));
        }
    """
    command = ["node", "--input-type=module", "-e", script, str(module), TOKEN, KEY, CORP]
    lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.split("\n")
    for n, line in enumerate(filter(None, lines)):
        encrypted, signature = line.split()
        text = ENVELOPE.opened(encrypted, signature=signature, timestamp="1409659589", nonce=f"n{n}", now=THEN)
        assert text == "好" * n + "x" * (n % 3)


BOMB = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><xml><Encrypt>&b;</Encrypt></xml>"
OUTSIDE = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><xml><Encrypt>&a;</Encrypt></xml>"


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, "<!DOCTYPE x><xml/>", "", "<xml>", "{}", "\0", "<xml>\ud800</xml>"])
def test_xml_that_is_none_or_more_than_that_is_refused(text: str) -> None:
    with pytest.raises(Forged):
        callback_of(text)


@pytest.mark.parametrize("encoding", ["nobody-s", "rot13", "hex", "utf-7", "utf-16"])
def test_xml_in_an_encoding_of_its_own_is_refused(encoding: str) -> None:
    with pytest.raises(Forged):
        callback_of(f'<?xml version="1.0" encoding="{encoding}"?><xml/>'.encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_fields_or_refused(content: bytes) -> None:
    with suppress(Forged):
        assert isinstance(callback_of(content).fields, dict)


def test_many_floors_of_xml_are_nothing_special() -> None:
    assert callback_of("<a>" * 9_000 + "</a>" * 9_000)["MsgType"] == ""
