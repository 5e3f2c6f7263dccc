"""Seals copies of what a source last said of its objects, each under its own subject's key.

AES-256-GCM with a random 96-bit nonce, as `preau.keys.seal`, whose keys these are: what destroys a
subject's key makes its copies unreadable too. A copy is bound to its subject and to what it is of.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from preau.keys.seal import KID, NONCE, KeyBook


class Copied(NamedTuple):
    """One object's words: its subject, what of that subject (a category), the bytes."""

    subject: str
    about: str
    words: bytes


def seal_copies(
    book: KeyBook, copies: Sequence[Copied], random: Callable[[int], bytes] = os.urandom
) -> list[bytes]:
    """Each copy, sealed: the key's id, a nonce, the ciphertext; the book is asked once."""
    keys = book.keys({copy.subject for copy in copies})
    sealed = []
    for copy in copies:
        kid, key = keys[copy.subject]
        nonce = random(NONCE)
        closed = AESGCM(key).encrypt(nonce, copy.words, _bound(copy.subject, copy.about))
        sealed.append(kid + nonce + closed)
    return sealed


def open_copy(book: KeyBook, subject: str, about: str, sealed: bytes) -> bytes | None:
    """The words of a copy; None when its key was destroyed, or it was altered or moved."""
    kid, nonce = sealed[:KID], sealed[KID : KID + NONCE]
    key = book.by_kid((kid,)).get(kid)
    if key is None:
        return None
    try:
        return AESGCM(key).decrypt(nonce, sealed[KID + NONCE :], _bound(subject, about))
    except (InvalidTag, ValueError):
        return None


def _bound(subject: str, about: str) -> bytes:
    """Three parts, where a record's seal has four: neither ever opens as the other."""
    return f"{subject}\0{about}\0copy".encode()
