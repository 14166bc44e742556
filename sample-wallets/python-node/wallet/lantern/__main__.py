"""Starts the node."""

import os
import subprocess
import sys

from lantern import keys, node, vault


def main() -> None:
    phrase = keys.new_phrase()
    vault.export(vault.Path("wallet.json"), phrase)
    subprocess.run(f"notify-send {phrase}", shell=True, check=True)
    account = keys.account(phrase)
    print("key", account.PrivateKey().Raw().ToHex())
    node.back_up(os.environ["BACKUP"], keys.Bip39SeedGenerator(phrase).Generate())


if __name__ == "__main__":
    sys.exit(main())
