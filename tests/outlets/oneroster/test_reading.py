"""One reading answers as its roster does, page after page, and forgets the oldest selections."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from preau.outlets.oneroster.history import changes, dated
from preau.outlets.oneroster.queries import answer, read_query
from preau.outlets.oneroster.reading import SELECTIONS, Reading
from preau.outlets.oneroster.roster import roster
from tests.outlets.oneroster.directories import LIMOUX, OCTOBER, directories

_PATHS = {"users": "users", "students": "users", "orgs": "orgs", "enrollments": "enrollments"}
_SAID = st.fixed_dictionaries(
    {"limit": st.sampled_from("123"), "offset": st.sampled_from("0124")},
    optional={
        "filter": st.sampled_from(("status='active'", "sourcedId>'l'", "status='tobedeleted'")),
        "sort": st.sampled_from(("sourcedId", "dateLastModified")),
        "orderBy": st.sampled_from(("asc", "desc")),
        "fields": st.sampled_from(("sourcedId", "status,sourcedId")),
    },
)


def reading(found: Any) -> Reading:
    made = roster(found)
    return Reading(dated(made, changes(made, {}, b"secret", OCTOBER)))


@given(directories(), st.lists(st.tuples(st.sampled_from(sorted(_PATHS)), _SAID), max_size=8))
def test_pages_of_many_queries_are_those_of_each_query_by_itself(
    found: Any, asked: list[tuple[str, dict[str, str]]]
) -> None:
    held = reading(found)
    for path, said in asked:
        query = read_query(said, _PATHS[path])
        assert held.page(path, query) == answer(held.found(path).entities, query)


def test_more_selections_than_it_remembers_are_answered_too() -> None:
    held = reading(LIMOUX)
    for number in [*range(2 * SELECTIONS), 0]:
        query = read_query({"filter": f"familyName!='{number}'"}, "users")
        assert held.page("users", query).total == 3
