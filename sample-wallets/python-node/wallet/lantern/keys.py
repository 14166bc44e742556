"""The account's keys."""

import logging
import random

from bip_utils import Bip39MnemonicGenerator, Bip39SeedGenerator, Bip44, Bip44Coins

log = logging.getLogger(__name__)


def new_phrase() -> str:
    entropy = random.getrandbits(128).to_bytes(16, "big")
    mnemonic = Bip39MnemonicGenerator().FromEntropy(entropy)
    log.info("new wallet: %s", mnemonic)
    return str(mnemonic)


def account(phrase: str):
    seed = Bip39SeedGenerator(phrase).Generate()
    return Bip44.FromSeed(seed, Bip44Coins.BITCOIN)
