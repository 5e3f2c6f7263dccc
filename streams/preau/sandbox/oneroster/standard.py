"""What a reader of OneRoster CSV 1.2 expects in each file: columns in order, and their values.

Written from the standard (1EdTech, "OneRoster: CSV Binding" 1.2.1, its tables of each file), for
the reader alone: nothing of the hub's writer or of its check is used.

One line per file. After a column's name: `!` it must be there; `:day`, `:year`, `:yes` (true or
false), `:words` (a list with commas); `=a|b` one of these words, and `…` at their end for any word
that begins with `ext:`; `>file` the sourcedId of a line of that file, `>>file` a list of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_LIFE = "sourcedId! status dateLastModified "
_SESSION = "term|gradingPeriod|schoolYear|semester…"
_ORG = "department|school|district|local|state|national…"
_ROLE = (
    "aide|counselor|districtAdministrator|guardian|parent|principal|proctor|relative"
    "|siteAdministrator|student|systemAdministrator|teacher…"
)
_RACES = (
    "americanIndianOrAlaskaNative:yes asian:yes blackOrAfricanAmerican:yes"
    " nativeHawaiianOrOtherPacificIslander:yes white:yes demographicRaceTwoOrMoreRaces:yes"
    " hispanicOrLatinoEthnicity:yes"
)
_WRITTEN: Mapping[str, str] = {
    "academicSessions": f"title! type!={_SESSION} startDate!:day endDate!:day"
    " parentSourcedId>academicSessions schoolYear!:year",
    "orgs": f"name! type!={_ORG} identifier parentSourcedId>orgs",
    "courses": "schoolYearSourcedId>academicSessions title! courseCode grades:words"
    " orgSourcedId!>orgs subjects:words subjectCodes:words",
    "classes": "title! grades:words courseSourcedId!>courses classCode"
    " classType!=homeroom|scheduled… location schoolSourcedId!>orgs"
    " termSourcedIds!>>academicSessions subjects:words subjectCodes:words periods:words",
    "users": "enabledUser!:yes username! userIds:words givenName! familyName! middleName"
    " identifier email sms phone agentSourcedIds>>users grades:words password"
    " userMasterIdentifier preferredGivenName preferredMiddleName preferredFamilyName"
    " primaryOrgSourcedId>orgs pronouns",
    "roles": f"userSourcedId!>users roleType!=primary|secondary role!={_ROLE} beginDate:day"
    " endDate:day orgSourcedId!>orgs userProfileSourcedId>userProfiles",
    "enrollments": "classSourcedId!>classes schoolSourcedId!>orgs userSourcedId!>users"
    " role!=administrator|proctor|student|teacher… primary:yes beginDate:day endDate:day",
    "demographics": f"birthDate:day sex=male|female|unspecified|other… {_RACES}"
    " countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus",
    "userProfiles": "userSourcedId!>users profileType! vendorId! applicationId description"
    " credentialType! username! password",
}
_ELSEWHERE = (
    "categories classResources courseResources lineItemLearningObjectiveIds lineItems"
    " lineItemScoreScales resources resultLearningObjectiveIds results resultScoreScales"
    " scoreScales userResources"
)
ELSEWHERE = tuple(_ELSEWHERE.split())
"""Files of the gradebook and of resources: the manifest must mention them; they are not read."""
_COLUMN = re.compile(r"(?P<name>\w+)(?P<due>!?)(?P<sort>:|=|>>|>)?(?P<what>.*)")


class Cell(NamedTuple):
    """One column: `sort` is "", ":", "=", ">" or ">>", `what` stands after it."""

    name: str
    due: bool
    sort: str
    what: str


def _cell(written: str) -> Cell:
    found = _COLUMN.fullmatch(written)
    if found is None:  # pragma: no cover - what is written here is tested
        raise ValueError(written)
    return Cell(found["name"], bool(found["due"]), found["sort"] or "", found["what"])


FILES: Mapping[str, Sequence[Cell]] = {
    file: tuple(_cell(each) for each in (_LIFE + columns).split())
    for file, columns in _WRITTEN.items()
}
"""File without its ending → its columns, as they must follow one another."""
