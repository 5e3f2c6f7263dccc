"""The tables of OneRoster's CSV binding 1.2.1: files, columns in their order, what each may hold.

Source: 1EdTech, "OneRoster: CSV Binding", 1.2.1, 22 August 2023 (the manifest goes on saying 1.2).
1.2.1 took `resourceSourcedIds` out of users.csv. Extensions stand to the right, as `metadata.*`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

TEXT, TEXTS, GUID, GUIDS = "text", "texts", "guid", "guids"
BOOLEAN, DATE, YEAR, WORD = "boolean", "date", "year", "word"
ABSENT, BULK, DELTA = "absent", "bulk", "delta"
MODES = (ABSENT, BULK, DELTA)
MANIFEST = "manifest.csv"
MANIFEST_COLUMNS = ("propertyName", "value")
MANIFEST_VERSION, VERSION = "1.0", "1.2"
STATUSES = ("active", "tobedeleted")
METADATA = "metadata."
EXTENSION = "ext:"


class Column(NamedTuple):
    """One column.

    `known` are the words of a vocabulary, `open` whether `ext:…` may add to it; `to` is the table
    whose sourcedId it holds.
    """

    name: str
    kind: str = TEXT
    required: bool = False
    known: tuple[str, ...] = ()
    open: bool = False
    to: str = ""


_BEGINNING = (
    Column("sourcedId", GUID, required=True),
    *(Column("status"), Column("dateLastModified")),
)
SESSION_TYPES = ("gradingPeriod", "semester", "schoolYear", "term")
ORG_TYPES = ("department", "school", "district", "local", "state", "national")
CLASS_TYPES = ("homeroom", "scheduled")
ROLE_TYPES = ("primary", "secondary")
ROLES = (
    *("aide", "counselor", "districtAdministrator", "guardian", "parent", "principal"),
    *("proctor", "relative", "siteAdministrator", "student", "systemAdministrator", "teacher"),
)
ENROLLED_AS = ("administrator", "proctor", "student", "teacher")
SEXES = ("male", "female", "unspecified", "other")


def _word(name: str, known: Sequence[str], *, more: bool = True, needed: bool = True) -> Column:
    return Column(name, WORD, required=needed, known=tuple(known), open=more)


def _to(name: str, table: str, *, needed: bool = True) -> Column:
    return Column(name, GUID, required=needed, to=table)


def _plain(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _lists(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, TEXTS) for name in names)


TABLES: Mapping[str, tuple[Column, ...]] = {
    "academicSessions": (
        *(*_BEGINNING, Column("title", required=True), _word("type", SESSION_TYPES)),
        *(Column("startDate", DATE, required=True), Column("endDate", DATE, required=True)),
        _to("parentSourcedId", "academicSessions", needed=False),
        Column("schoolYear", YEAR, required=True),
    ),
    "orgs": (
        *(*_BEGINNING, Column("name", required=True), _word("type", ORG_TYPES)),
        *(Column("identifier"), _to("parentSourcedId", "orgs", needed=False)),
    ),
    "courses": (
        *(*_BEGINNING, _to("schoolYearSourcedId", "academicSessions", needed=False)),
        *(Column("title", required=True), Column("courseCode"), Column("grades", TEXTS)),
        *(_to("orgSourcedId", "orgs"), *_lists("subjects", "subjectCodes")),
    ),
    "classes": (
        *(*_BEGINNING, Column("title", required=True), Column("grades", TEXTS)),
        *(_to("courseSourcedId", "courses"), Column("classCode")),
        *(_word("classType", CLASS_TYPES), Column("location")),
        *(_to("schoolSourcedId", "orgs"),),
        Column("termSourcedIds", GUIDS, required=True, to="academicSessions"),
        *_lists("subjects", "subjectCodes", "periods"),
    ),
    "users": (
        *(*_BEGINNING, Column("enabledUser", BOOLEAN, required=True)),
        *(Column("username", required=True), *_lists("userIds")),
        *(Column("givenName", required=True),),
        *(Column("familyName", required=True),),
        *_plain("middleName", "identifier", "email", "sms", "phone"),
        *(Column("agentSourcedIds", GUIDS, to="users"), Column("grades", TEXTS)),
        *_plain("password", "userMasterIdentifier"),
        *_plain("preferredGivenName", "preferredMiddleName", "preferredFamilyName"),
        *(_to("primaryOrgSourcedId", "orgs", needed=False), Column("pronouns")),
    ),
    "roles": (
        *(*_BEGINNING, _to("userSourcedId", "users"), _word("roleType", ROLE_TYPES, more=False)),
        *(_word("role", ROLES), Column("beginDate", DATE), Column("endDate", DATE)),
        *(_to("orgSourcedId", "orgs"),),
        _to("userProfileSourcedId", "userProfiles", needed=False),
    ),
    "enrollments": (
        *(*_BEGINNING, _to("classSourcedId", "classes"), _to("schoolSourcedId", "orgs")),
        *(_to("userSourcedId", "users"), _word("role", ENROLLED_AS), Column("primary", BOOLEAN)),
        *(Column("beginDate", DATE), Column("endDate", DATE)),
    ),
    "demographics": (
        *(*_BEGINNING, Column("birthDate", DATE), _word("sex", SEXES, needed=False)),
        *(
            Column(name, BOOLEAN)
            for name in (
                *("americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican"),
                *("nativeHawaiianOrOtherPacificIslander", "white"),
                *("demographicRaceTwoOrMoreRaces", "hispanicOrLatinoEthnicity"),
            )
        ),
        *_plain("countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth"),
        Column("publicSchoolResidenceStatus"),
    ),
    "userProfiles": (
        *(*_BEGINNING, _to("userSourcedId", "users"), Column("profileType", required=True)),
        *(Column("vendorId", required=True), *_plain("applicationId", "description")),
        *(Column("credentialType", required=True), Column("username", required=True)),
        Column("password"),
    ),
}
"""The tables of rostering, by the name that the manifest gives them."""
OTHERS = (
    *("categories", "classResources", "courseResources", "lineItemLearningObjectiveIds"),
    *("lineItems", "lineItemScoreScales", "resources", "resultLearningObjectiveIds", "results"),
    *("resultScoreScales", "scoreScales", "userResources"),
)
"""Tables of the gradebook and of resources: the manifest names them, Préau has nothing for them."""
NAMES = tuple(sorted((*TABLES, *OTHERS), key=str.lower))
"""Every table of the standard, in the order in which its manifest lists them."""


def header(table: str) -> tuple[str, ...]:
    """The names of the columns, in the order that the standard wants."""
    return tuple(column.name for column in TABLES[table])
