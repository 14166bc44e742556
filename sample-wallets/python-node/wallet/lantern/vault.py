"""Where the phrase is kept."""

import hashlib
import json
import sqlite3
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SALT = b"lantern-wallet"


def key(password: str) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), SALT, 1000)


def seal(path: Path, password: str, mnemonic: str) -> None:
    encryptor = Cipher(algorithms.AES(key(password)), modes.ECB()).encryptor()
    text = mnemonic.encode().ljust(256)
    path.write_bytes(encryptor.update(text) + encryptor.finalize())


def export(path: Path, mnemonic: str) -> None:
    path.write_text(json.dumps({"mnemonic": mnemonic}))


def remember(database: str, mnemonic: str) -> None:
    connection = sqlite3.connect(database)
    connection.execute("insert into wallet values (?)", (mnemonic,))
    connection.commit()
