"""The proof of an erasure as two files, JSON and a page in French: no name, salted digests only."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from preau.app.control import Control
from preau.rights.proof import proof, proof_page
from preau.store.erasures import Erasure, Recipient

FOLDER = "preuves"
"""The folder, in the data folder, that holds the proofs."""
_SALT = 16


def proof_file(control: Control, erasure: str) -> Path:
    """Where the proof of an erasure is, as JSON; its page is beside it, `.html`."""
    return control.settings.folder / FOLDER / f"{erasure}.json"


def write_proof(
    control: Control,
    erasure: Erasure,
    rows: Sequence[Recipient],
    sources: Collection[str] | None = None,
) -> Path:
    """Writes it as things stand; `sources` are known once, and kept as salted digests.

    The salt is in the file and nowhere else: whoever has the file and the id of an account can see
    that it is about that account, nobody can read an id out of it.
    """
    file = proof_file(control, erasure.id)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digests = _digests(file, sources)
    told = proof(erasure, rows, digests)
    _write(file, json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    _write(file.with_suffix(".html"), proof_page(told))
    return file


def _digests(file: Path, sources: Collection[str] | None) -> dict[str, Any]:
    """Those of the file that is there, else new ones."""
    if sources is not None:
        salt = os.urandom(_SALT).hex()
        return {"sel": salt, "comptes": sorted(salted(salt, each) for each in sources)}
    try:
        known: dict[str, Any] = json.loads(file.read_text("utf-8"))["empreintes"]
    except (OSError, ValueError, KeyError):
        return {"sel": "", "comptes": []}  # somebody took the file away
    return {"sel": known["sel"], "comptes": known["comptes"]}


def salted(salt: str, source: str) -> str:
    """SHA-256 of the salt, as written, and `<instance>/<id>`, in hexadecimal."""
    return sha256(f"{salt}{source}".encode()).hexdigest()


def _write(file: Path, text: str) -> None:
    """Whole or not at all."""
    fresh = file.with_name(f".{file.name}-neuf")
    fresh.write_text(text, "utf-8")
    fresh.chmod(0o600)
    fresh.replace(file)
