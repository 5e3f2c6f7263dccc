"""Directories for the tests of the GAR's files: small ones by hand, and any that could be."""

from __future__ import annotations

from hypothesis import strategies as st

from preau.outlets.directory import Account, Belongs, Directory, Group, School

NOW = 1_795_640_400_000
ECOLE, COLLEGE = "0110001A", "0110010K"
SCHOOLS = (School(ECOLE, "École du Pont", "first"), School(COLLEGE, "Collège", "second"))
ROLES = ("PUPIL", "TEACHER", "HEAD_TEACHER", "LEADER", "GUARDIAN", "OBSERVER")
PROFILES = ("", "PUPIL", "TEACHER", "DIRECTION", "STAFF", "GUARDIAN", "GUEST")


def account(number: int, *schools: str, role: str = "PUPIL", **said: str) -> Account:
    """Somebody of these schools, with invented names."""
    names = {"family_name": f"Nom{number}", "given_name": f"Prénom{number}", **said}
    return Account(f"id{number:024}", role, schools, **names)


def directory(*accounts: Account, schools: tuple[School, ...] = SCHOOLS) -> Directory:
    """All of them in one project's group, which each school sees as one of its own."""
    groups = tuple(Group(f"g-{s.uai}", s.uai, "Défi lecture", "g") for s in schools)
    belongs = tuple(
        Belongs(f"g-{uai}", each.id, each.role) for each in accounts for uai in each.schools
    )
    return Directory(schools, accounts, groups, belongs, NOW)


_texts = st.text(max_size=600)
_accounts = st.builds(
    Account,
    st.just(""),
    st.sampled_from(ROLES),
    st.lists(st.sampled_from([ECOLE, COLLEGE]), unique=True).map(tuple),
    _texts,
    _texts,
    st.sampled_from(["", "1124", "1125"]),
    st.sampled_from(PROFILES),
)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """Any set: whoever is in no school, names that are no names, groups with anybody."""
    found = draw(st.lists(_accounts, max_size=12))
    accounts = tuple(each._replace(id=f"id{n}") for n, each in enumerate(found))
    schools = draw(st.lists(st.sampled_from(SCHOOLS), unique=True).map(tuple))
    ids = st.sampled_from([each.id for each in accounts] or ["nobody"])
    groups = tuple(
        Group(f"g{n}", school.uai, draw(_texts), "g")
        for n, school in enumerate(draw(st.lists(st.sampled_from(SCHOOLS), max_size=4)))
    )
    chosen = draw(st.lists(st.tuples(st.sampled_from([g.id for g in groups] or ["none"]), ids)))
    belongs = tuple(Belongs(group, who, "PUPIL") for group, who in chosen)
    return Directory(schools, accounts, groups, belongs, NOW)
