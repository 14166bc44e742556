"""Where the phrase is kept."""

import hashlib
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def key(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**17, r=8, p=1, maxmem=2**28, dklen=32)


def seal(path: Path, password: str, mnemonic: str) -> None:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(key(password, salt)).encrypt(nonce, mnemonic.encode(), None)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(salt + nonce + sealed)


def unseal(path: Path, password: str) -> str:
    data = path.read_bytes()
    salt, nonce, sealed = data[:16], data[16:28], data[28:]
    return AESGCM(key(password, salt)).decrypt(nonce, sealed, None).decode()
