"""The account's keys."""

import logging
import secrets

from bip_utils import Bip39MnemonicGenerator, Bip39SeedGenerator, Bip44, Bip44Coins

log = logging.getLogger(__name__)


def new_phrase() -> str:
    entropy = secrets.token_bytes(32)
    mnemonic = Bip39MnemonicGenerator().FromEntropy(entropy)
    log.info("a new wallet was made")
    return str(mnemonic)


def account(phrase: str):
    seed = Bip39SeedGenerator(phrase).Generate()
    return Bip44.FromSeed(seed, Bip44Coins.BITCOIN)
