import tempfile
import unittest
from pathlib import Path

from lantern import vault


class VaultTest(unittest.TestCase):
    def test_what_was_sealed_comes_back(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "vault"
            vault.seal(path, "correct horse", "a b c")
            self.assertEqual(vault.unseal(path, "correct horse"), "a b c")
