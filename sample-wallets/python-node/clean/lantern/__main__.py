"""Starts the node."""

import getpass
from pathlib import Path

from lantern import keys, vault

VAULT = Path.home() / ".lantern"


def main() -> None:
    password = getpass.getpass("Password: ")
    if not VAULT.exists():
        vault.seal(VAULT, password, keys.new_phrase())
    account = keys.account(vault.unseal(VAULT, password))
    print("receive at", account.PublicKey().ToAddress())


if __name__ == "__main__":
    main()
