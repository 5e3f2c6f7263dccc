"""The numbers that pages give people are those of the code: sizes, counts, seconds, days."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from preau.agents.schedule import LADDER_S
from preau.catalogue import catalogue
from preau.catalogue.card import TIERS
from preau.imports import allowance, guard
from preau.inlets import filedrop, filework, http
from preau.keys.leased import LEASE_MS
from preau.mapping import language, paths, reference, strict_yaml
from preau.outlets import address, fetching, webhook
from preau.readers import json_guard
from preau.web import limits

KIB, MIB, GIB = 1024, 1024**2, 1024**3
DAY_S = 86_400
TOLD: dict[str, dict[str, tuple[float, float]]] = {
    "docs/en/vendors.md": {
        "256 KiB for one event": (http.MAX_EVENT, 256 * KIB),
        "1 MiB for a batch": (http.MAX_BATCH, MIB),
        "16 KiB of headers": (limits.MAX_HEADERS, 16 * KIB),
        "ten seconds for a body": (limits.BODY_S, 10),
        "most 32 deep": (json_guard.MAX_DEPTH, 32),
        "at most 5,000 events": (http.MAX_EVENTS, 5_000),
    },
    "docs/en/mapping.md": {
        "a list of at most 64": (language._MAX_RULES, 64),
        "a list of at most 16": (language._MAX_PATHS, 16),
        "At most 16 steps": (paths._MAX_STEPS, 16),
        "at most 10,000 pairs": (reference.MAX_PAIRS, 10_000),
        "64 KiB, no key twice": (strict_yaml.MAX_BYTES, 64 * KIB),
    },
    "docs/en/outlets.md": {
        "20 MiB at most": (fetching.MAX_MEDIA, 20 * MIB),
        "within 15\nseconds": (address.TIMEOUT_S, 15),
        "less than 20 kB": (webhook.MAX_PAYLOAD, 20_000),
        "after half a second": (LADDER_S[0], 0.5),
        "for three days": (sum(LADDER_S) // DAY_S, 3),
    },
    "docs/en/imports.md": {
        "delete more than 10 %": (guard.DELETED, 0.10),
        "or change more than 75 %": (guard.CHANGED, 0.75),
        "and at least 2": (guard.LEAST, 2),
        "has changed for 10 seconds": (filedrop.STABLE_FOLDER_MS, 10_000),
        "20,000 files and 32 GiB": (allowance.LIMITS.total, 32 * GIB),
        "at most 20,000 files": (allowance.LIMITS.files, 20_000),
    },
    "docs/en/privacy.md": {"within\n30 seconds": (LEASE_MS, 30_000)},
    "docs/en/errors.md": {
        "more than 2 GiB": (filework.MAX_FILE, 2 * GIB),
        "more than 64 KiB, or": (strict_yaml.MAX_BYTES, 64 * KIB),
        "nested deeper than 32": (json_guard.MAX_DEPTH, 32),
    },
}


@pytest.mark.parametrize(
    ("page", "words"), [(page, words) for page, told in TOLD.items() for words in told]
)
def test_a_number_is_that_of_the_code(page: str, words: str, pages: Mapping[str, str]) -> None:
    real, told = TOLD[page][words]
    assert " ".join(words.split()) in " ".join(pages[page].split())
    assert real == told


def test_what_stands_in_a_folder_is_what_may(pages: Mapping[str, str]) -> None:
    table = pages["connectors/README.md"].partition("\n## What is in a folder\n")[2]
    named = [name for name in catalogue._CONTENTS if f"`{name}" in table.partition("\n## ")[0]]
    assert named == [name for name in catalogue._CONTENTS if name != "invented-people.txt"]


def test_the_tiers_are_told_in_their_order(pages: Mapping[str, str]) -> None:
    tiers = pages["connectors/README.md"].partition("\n## Tiers\n")[2]
    places = [tiers.find(f"`{tier}`") for tier in TIERS]
    assert -1 not in places
    assert places == sorted(places)
