"""The input: seeded events of one vendor, each a pupil's account, about as long as real ones."""

from __future__ import annotations

import random
from collections.abc import Iterator

import orjson

INSTANCE = "banc"
CONNECTOR = "beneylu"
EVENT = "CLASSROOM_CREATE_STUDENT-ACCOUNT"
#: The secret of the bench's keyed hashes.
SECRET = b"a key for the bench only, 32 byte"
_FIRST_PUPIL = 100_000
_GIVEN = ("Maëlys", "Noé", "Inès", "Jules", "Chloé", "Léo", "Zoé", "Raphaël", "Anaïs", "Théo")
_FAMILY = ("DELPRAT", "RIEUNIER", "FABRÈGUES", "ESCANDE", "BÉNAZECH", "CATHALA", "MAURY")


def events(count: int, seed: int = 20261124) -> Iterator[tuple[bytes, bytes]]:
    """(order key, body) pairs; about every second event concerns a pupil met before."""
    draw = random.Random(seed)
    for number in range(count):
        pupil = _FIRST_PUPIL + draw.randrange(max(1, count // 2))
        yield str(pupil).encode(), _body(draw, number, pupil)


def subjects(count: int) -> Iterator[str]:
    """Every pupil of whom `events(count)` may speak, as the hub names them."""
    return (f"{INSTANCE}/{_FIRST_PUPIL + number}" for number in range(max(1, count // 2)))


def _body(draw: random.Random, number: int, pupil: int) -> bytes:
    given, family = draw.choice(_GIVEN), draw.choice(_FAMILY)
    moment = f"2026-09-{1 + number % 28:02}T{number % 24:02}:{number % 60:02}:00+02:00"
    birthday = f"{2014 + pupil % 4}-{1 + pupil % 12:02}-{1 + pupil % 28:02}"
    data: dict[str, object] = {
        "id": pupil,
        "login": f"{given.lower()}.{family.lower()}.{pupil}",
        "first_name": given,
        "last_name": f"{family}-{pupil % 997}",
        "gender": "FM"[pupil % 2],
        "email": None,
        "lang": "fr",
        "birthday": birthday,
        "high_role_id": 8,
        "ine": f"12{pupil:07}FA",
        "aaf_id": str(pupil),
        "aaf_academy": "11",
        "aaf_level": "CM2",
        "aaf_cycle": "CYCLE III",
        "aaf_linked": True,
        "archived": False,
        "archive_date": None,
        "expires_at": None,
        "timezone": "Europe/Paris",
    }
    event = {"event": EVENT, "instance": "banc.example", "date": moment, "data": data}
    return orjson.dumps(event)
