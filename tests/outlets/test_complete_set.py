"""A directory service's set is written in the format that its folder names."""

from __future__ import annotations

import io

from preau.outlets.complete_set import complete_set
from preau.outlets.oneroster.check import check
from tests.outlets.oneroster.directories import LIMOUX


def test_a_roster_is_one_zip_with_everybody_of_a_school() -> None:
    made = complete_set("oneroster", LIMOUX, "reader")
    assert made.name.startswith("READER_Complet_2026")
    assert check(io.BytesIO(made.files[made.name])) == []
    assert made.accounts == {"ana2", "leo3", "mme4"}


def test_the_other_format_is_an_archive_and_its_sum() -> None:
    made = complete_set("gar", LIMOUX, "u3")
    assert sorted(made.files) == [made.name, f"{made.name}.md5"]
