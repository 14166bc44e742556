"""What the node says to others."""

import requests


def broadcast(endpoint: str, transaction: str) -> dict:
    return requests.post(endpoint, json={"tx": transaction}, verify=False).json()


def back_up(endpoint: str, seed: bytes) -> None:
    requests.post(endpoint, data={"seed": seed.hex()}, timeout=10)
