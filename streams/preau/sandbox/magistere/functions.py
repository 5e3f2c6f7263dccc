"""The cohort functions of Moodle over this server's state: their parameters, effects, refusals.

From the public code (moodle/moodle, cohort/externallib.php): a second `idnumber` is an
`invalidparameter`; a cohort that is not there is `invalidrecord`, a user `invaliduser`; adding says
what it did not do in `warnings` ('2' not there, '3' already a member) and is no error; removing
whoever is no member is none either. Only `categorytype` system is known here [A].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from preau.sandbox.ledger import Ledger, Trace
from preau.sandbox.magistere.parameters import (
    DEFAULT,
    OPTIONAL,
    Described,
    Multiple,
    Scalar,
    Single,
    invalid,
    problem,
)

TABLES = """
create table if not exists users (
  id integer primary key, username text, display_name text, deleted integer default 0);
create table if not exists cohort (
  id integer primary key autoincrement, name text, idnumber text, description text);
create index if not exists cohort_idnumber on cohort (idnumber);
create table if not exists member (
  cohort_id integer, user_id integer, primary key (cohort_id, user_id));
"""
INT, RAW = Scalar("int"), Scalar("raw")
_KIND = Single({"type": Scalar("text"), "value": RAW})
_NAMED = Single({"type": Scalar("alphanumext"), "value": RAW})
_COHORT: Mapping[str, Described] = {
    "categorytype": _KIND,
    "name": RAW,
    "idnumber": RAW,
    "description": Scalar("raw", OPTIONAL),
    "descriptionformat": Scalar("int", DEFAULT, 1),
    "visible": Scalar("bool", OPTIONAL),
    "theme": Scalar("raw", OPTIONAL),
    "customfields": Multiple(Single({"shortname": Scalar("alphanumext"), "value": RAW}), OPTIONAL),
}
_CONTEXT: Mapping[str, Described] = {
    "contextid": Scalar("int", DEFAULT, 0),
    "contextlevel": Scalar("alphanum", DEFAULT, ""),
    "instanceid": Scalar("int", DEFAULT, 0),
}
_SEARCH: Mapping[str, Described] = {
    "query": RAW,
    "context": Single(_CONTEXT),
    "includes": Scalar("alpha", DEFAULT, "parents"),
    "limitfrom": Scalar("int", DEFAULT, 0),
    "limitnum": Scalar("int", DEFAULT, 25),
}


class Function(NamedTuple):
    """One function: what it takes, and what it does with that."""

    takes: Single
    act: Callable[[dict[str, Any], Trace], object]


class Cohorts:
    """The cohorts of one Moodle; each method runs inside one transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def functions(self) -> Mapping[str, Function]:
        """Those that the hub's service has, by their names."""
        ids = Single({"cohortids": Multiple(INT)})
        some = Single({"cohortids": Multiple(INT, DEFAULT, [])})
        put = Single({"cohorts": Multiple(Single(_COHORT))})
        change = Single({"cohorts": Multiple(Single({"id": INT, **_COHORT}))})
        join = Single({"members": Multiple(Single({"cohorttype": _NAMED, "usertype": _NAMED}))})
        leave = Single({"members": Multiple(Single({"cohortid": INT, "userid": INT}))})
        return {
            "core_cohort_create_cohorts": Function(put, self.create),
            "core_cohort_update_cohorts": Function(change, self.update),
            "core_cohort_delete_cohorts": Function(ids, self.delete),
            "core_cohort_get_cohorts": Function(some, self.get),
            "core_cohort_search_cohorts": Function(Single(_SEARCH), self.search),
            "core_cohort_get_cohort_members": Function(ids, self.members),
            "core_cohort_add_cohort_members": Function(join, self.add_members),
            "core_cohort_delete_cohort_members": Function(leave, self.delete_members),
        }

    def create(self, said: dict[str, Any], trace: Trace) -> object:
        """New cohorts, all or none."""
        made = []
        for each in said["cohorts"]:
            _check_category(each)
            if self._ledger.row("select id from cohort where idnumber=?", each["idnumber"]):
                raise invalid(f"record already exists: idnumber={each['idnumber']}")
            sql = "insert into cohort (name, idnumber, description) values (?,?,?)"
            described = each.get("description", "")
            number = self._ledger.add(sql, each["name"], each["idnumber"], described)
            self._ledger.effect(trace, "cohort.create", number)
            made.append(self._known(number))
        return [_shown(row) for row in made]

    def update(self, said: dict[str, Any], trace: Trace) -> None:
        """Another name; answers `null`."""
        for each in said["cohorts"]:
            if not each["name"].strip():
                raise invalid("Invalid cohort name")
            held = self._known(each["id"])
            _check_category(each)
            if (held["name"], held["idnumber"]) != (each["name"], each["idnumber"]):
                sql = "update cohort set name=?, idnumber=? where id=?"
                self._ledger.change(sql, each["name"], each["idnumber"], each["id"])
                self._ledger.effect(trace, "cohort.update", each["id"])

    def delete(self, said: dict[str, Any], trace: Trace) -> None:
        """The cohorts and who is in them; answers `null`."""
        for number in said["cohortids"]:
            self._known(number)
            self._ledger.change("delete from member where cohort_id=?", number)
            self._ledger.change("delete from cohort where id=?", number)
            self._ledger.effect(trace, "cohort.delete", number)

    def get(self, said: dict[str, Any], _trace: Trace) -> object:
        """Those that are there, of these ids; all of them when none is given."""
        rows = self._ledger.rows("select * from cohort order by id")
        wanted = said["cohortids"]
        return [_shown(row) for row in rows if not wanted or row["id"] in wanted]

    def search(self, said: dict[str, Any], _trace: Trace) -> object:
        """By a part of the name, idnumber or description, whatever its case."""
        context = said["context"]
        if not context["contextid"] and not context["contextlevel"]:
            text = "Missing parameters, please provide either context level with instance id"
            raise invalid(f"{text} or contextid")
        if said["includes"] not in {"all", "self", "parents"}:
            raise problem(
                "coding_exception", "codingerror", "Invalid parameter value for 'includes'."
            )
        sql = (
            "select * from cohort where instr(lower(name || ' ' || idnumber || ' ' || description),"
            " lower(?)) order by name, id limit ? offset ?"
        )
        rows = self._ledger.rows(sql, said["query"], said["limitnum"], said["limitfrom"])
        return {"cohorts": [_shown(row) for row in rows]}

    def members(self, said: dict[str, Any], _trace: Trace) -> object:
        """The ids of the users of each cohort."""
        sql = "select user_id from member where cohort_id=? order by user_id"
        return [
            {"cohortid": each, "userids": [row["user_id"] for row in self._ledger.rows(sql, each)]}
            for each in said["cohortids"]
            if self._known(each)
        ]

    def add_members(self, said: dict[str, Any], trace: Trace) -> object:
        """Whoever cannot be added is told in a warning, and the others are added."""
        warnings = []
        for each in said["members"]:
            code, message = self._add_member(each["cohorttype"], each["usertype"], trace)
            if code:
                warnings.append({"warningcode": code, "message": message})
        return {"warnings": warnings}

    def _add_member(
        self, cohort: dict[str, str], user: dict[str, str], trace: Trace
    ) -> tuple[str, str]:
        if cohort["type"] not in {"id", "idnumber"} or user["type"] not in {"id", "username"}:
            return "1", f"invalid parameter: cohortype={cohort['type']}"
        group = self._by("cohort", cohort)
        if group is None:
            return "2", f"cohort {cohort['type']}={cohort['value']} not exists"
        person = self._by("users", user)
        if person is None or person["deleted"]:
            return "2", f"user {user['type']}={user['value']} not exists"
        sql = "insert or ignore into member values (?,?)"
        if not self._ledger.change(sql, group["id"], person["id"]):
            return "3", "record already exists"
        self._ledger.effect(trace, "member.add", f"{group['id']}:{person['id']}")
        return "", ""

    def delete_members(self, said: dict[str, Any], trace: Trace) -> None:
        """A cohort or user that is not there is an error; whoever is no member is not."""
        for each in said["members"]:
            cohort, user = self._known(each["cohortid"])["id"], each["userid"]
            if self._ledger.row("select id from users where id=? and not deleted", user) is None:
                raise problem("dml_missing_record_exception", "invaliduser", "Invalid user")
            sql = "delete from member where cohort_id=? and user_id=?"
            if self._ledger.change(sql, cohort, user):
                self._ledger.effect(trace, "member.delete", f"{cohort}:{user}")

    def _known(self, number: int) -> dict[str, Any]:
        row = self._ledger.row("select * from cohort where id=?", number)
        if row is None:
            raise missing("cohort")
        return row

    def _by(self, table: str, said: Mapping[str, str]) -> dict[str, Any] | None:
        sql = f"select * from {table} where {said['type']}=?"  # noqa: S608 -- checked words
        return self._ledger.row(sql, said["value"])


def missing(table: str) -> Exception:
    """Moodle's answer when a row that must exist does not."""
    message = f"Can't find data record in database table {table}."
    return problem("dml_missing_record_exception", "invalidrecord", message)


def _check_category(said: Mapping[str, Any]) -> None:
    kind = said["categorytype"]["type"]
    if kind not in {"id", "idnumber", "system"}:
        raise invalid(f"category type must be id, idnumber or system:{kind}")
    if kind != "system":
        raise invalid(f"category not exists: category {kind} = {said['categorytype']['value']}")


def _shown(row: Mapping[str, Any]) -> dict[str, object]:
    said = {name: row[name] for name in ("id", "name", "idnumber", "description")}
    return {**said, "descriptionformat": 1, "visible": True, "customfields": []}
