"""The master key: wraps every other key of a deployment, and gives the secrets derived from it.

Keys are wrapped with AES-256-GCM and not with AES key wrap (RFC 3394), because GCM also binds a
wrapped key to its row: copied into another row it does not open. Its random nonce allows 2^32
wraps with one key (NIST SP 800-38D §8.3), hundreds of times the pupils of France.
"""

from __future__ import annotations

import base64
import os
import stat
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from preau.errors import Place, Stop

SIZE = 32
_NONCE = 12
_OPEN_TO_OTHERS = 0o077
_ROOT, _GROUP_READ = 0, 0o040


class MasterKey:
    """32 random bytes, never shown; `open_master_key` reads and makes them.

    The key itself encrypts nothing: wrapping and each secret use a key of their own, derived from
    it with HKDF-SHA256 (RFC 5869). Raises `Stop` (MASTER_KEY_BAD) on another length.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != SIZE:
            raise _bad(Place())
        self._key = key
        self._wrapping = AESGCM(self._derive(b"preau/wrap"))

    def wrap(self, key: bytes, bound: bytes) -> bytes:
        """The key sealed: nonce (12 bytes), ciphertext, tag (16); opens only with this `bound`."""
        nonce = os.urandom(_NONCE)
        return nonce + self._wrapping.encrypt(nonce, key, bound)

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        """What was wrapped; raises `Stop` (MASTER_KEY_WRONG) when this key or `bound` is not it."""
        try:
            return self._wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], bound)
        except (InvalidTag, ValueError) as error:
            raise Stop(
                "MASTER_KEY_WRONG",
                "a key in the database does not open: another master key wrapped it, or it changed",
                fix="put back the master key that belongs to this database",
            ) from error

    def secret(self, purpose: str) -> bytes:
        """32 bytes for this purpose, always the same; one purpose tells nothing of another."""
        return self._derive(b"preau/secret/" + purpose.encode())

    def _derive(self, info: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=SIZE, salt=None, info=info).derive(self._key)


def open_master_key(file: Path, *, fresh: bool) -> MasterKey:
    """The key in this file: 32 bytes in base64, readable by its owner only.

    With `fresh` a key is made when there is none; say so only when no database exists yet, since a
    second key over existing data would lose everything sealed. Raises `Stop`: MASTER_KEY_MISSING,
    MASTER_KEY_OPEN (others may read it), MASTER_KEY_BAD, MASTER_KEY_FILE.
    """
    where = Place(file=str(file))
    try:
        if fresh and not file.exists():
            _create(file)
        text = _read(file, where)
    except FileNotFoundError as error:
        fix = "put the file back from its backup: without it nothing sealed can be read"
        raise Stop("MASTER_KEY_MISSING", "no master key", where=where, fix=fix) from error
    except OSError as error:
        what = f"the master key cannot be read or made: {error.strerror}"
        fix = "let the hub's user read the file and write in its folder"
        raise Stop("MASTER_KEY_FILE", what, where=where, fix=fix) from error
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError as error:
        raise _bad(where) from error
    if len(key) != SIZE:
        raise _bad(where)
    return MasterKey(key)


def _create(file: Path) -> None:
    """Puts a whole key there or none; the first of two processes wins and both read its key."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as sink:
            sink.write(base64.b64encode(os.urandom(SIZE)) + b"\n")
            sink.flush()
            os.fsync(sink.fileno())
        file.hardlink_to(name)  # unlike a rename, it never replaces what is there
    except FileExistsError:
        return
    finally:
        Path(name).unlink()
    _sync(file.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(file: Path, where: Place) -> bytes:
    with file.open("rb") as source:
        if _too_open(os.fstat(source.fileno()), os.geteuid()):
            what = "others than its owner may read the master key"
            fix = f"chmod 600 {file}"
            raise Stop("MASTER_KEY_OPEN", what, where=where, fix=fix)
        return source.read(1024)


def _too_open(seen: os.stat_result, user: int) -> bool:
    """Root's file may be read by our group: that is how Kubernetes hands a secret to a user."""
    handed = seen.st_uid == _ROOT and user != _ROOT
    allowed = _GROUP_READ if handed else 0
    return bool(stat.S_IMODE(seen.st_mode) & _OPEN_TO_OTHERS & ~allowed)


def _bad(where: Place) -> Stop:
    what = f"the master key is not {SIZE} bytes in base64"
    fix = "put the file back from its backup: another key opens nothing"
    return Stop("MASTER_KEY_BAD", what, where=where, fix=fix)
