"""Directories' sets for the tests of OneRoster: a small one told by hand, and any that could be."""

from __future__ import annotations

from hypothesis import strategies as st

from preau.outlets.directory import Account, Belongs, Directory, Group, School

OCTOBER = 1_791_788_400_000
"""12 October 2026."""
COLLEGE = School("0110022V", "Collège Joseph-Delteil", "second")
ECOLE = School("0110548F", "École élémentaire Jean-Moulin", "first")
LIMOUX = Directory(
    (ECOLE, COLLEGE),
    (
        Account("ana2", "PUPIL", (ECOLE.uai,), "Ferrandi", "Anaïs", "1125"),
        Account("leo3", "PUPIL", (COLLEGE.uai,), "Ostermann", "Léo", "2111"),
        Account("mme4", "LEADER", (COLLEGE.uai, ECOLE.uai), "Vasseur", "Hélène"),
    ),
    (
        Group("g-ecole", ECOLE.uai, "Défi lecture", "g"),
        Group("g-college", COLLEGE.uai, "Défi lecture", "g"),
    ),
    (
        Belongs("g-ecole", "ana2", "PUPIL"),
        Belongs("g-ecole", "mme4", "LEADER"),
        Belongs("g-college", "leo3", "PUPIL"),
        Belongs("g-college", "mme4", "LEADER"),
    ),
    OCTOBER,
)

_UAIS = st.from_regex(r"[0-9]{7}[A-Z]", fullmatch=True)
_IDS = st.one_of(
    st.from_regex(r"[a-z2-7]{26}", fullmatch=True), st.uuids().map(str), st.text(min_size=1)
)
_ROLES = st.sampled_from(
    ("OBSERVER", "PUPIL", "TEACHER", "HEAD_TEACHER", "LEADER", "GUARDIAN", "AUTRE")
)
_STAGES = st.sampled_from(("", "1124", "1125", "2111", "2431", "2999", "é,\n"))
_SCHOOLS = st.builds(School, _UAIS, st.text(), st.sampled_from(("first", "second")))


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """Any set: any names, several schools a person, groups without members, strangers even."""
    schools = draw(st.lists(_SCHOOLS, max_size=4, unique_by=lambda s: s.uai))
    uai = st.sampled_from([*(s.uai for s in schools), "9999999Z"])
    places = st.lists(uai, max_size=3).map(tuple)
    account = st.builds(Account, _IDS, _ROLES, places, st.text(), st.text(), _STAGES)
    accounts = draw(st.lists(account, max_size=6, unique_by=lambda a: a.id))
    group = st.builds(Group, _IDS, uai, st.text(), _IDS)
    groups = draw(st.lists(group, max_size=4, unique_by=lambda g: g.id))
    of = st.sampled_from([*(g.id for g in groups), "no group"])
    who = st.sampled_from([*(a.id for a in accounts), "nobody"])
    belongs = draw(st.lists(st.builds(Belongs, of, who, _ROLES), max_size=12))
    when = draw(st.integers(946_684_800_000, 4_102_444_800_000))
    return Directory(tuple(schools), tuple(accounts), tuple(groups), tuple(belongs), when)
