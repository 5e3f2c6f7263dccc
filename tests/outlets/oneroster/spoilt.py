"""What somebody may do to a good OneRoster package that the standard forbids."""

from __future__ import annotations

Rows = list[list[str]]
Package = dict[str, Rows]


def put(made: Package, file: str, column: str, value: str, line: int = 1) -> None:
    made[file][line][made[file][0].index(column)] = value


def say(made: Package, name: str, value: str) -> None:
    for row in made["manifest.csv"]:
        if row[0] == name:
            row[1] = value


def drop_column(made: Package) -> None:
    for row in made["users.csv"]:
        del row[5]


def swap_columns(made: Package) -> None:
    for row in made["users.csv"]:
        row[6], row[7] = row[7], row[6]


def own_column(made: Package) -> None:
    for row in made["users.csv"]:
        row.append("x")


def of_1_2_0(made: Package) -> None:
    made["users.csv"][0].insert(17, "resourceSourcedIds")
    for row in made["users.csv"][1:]:
        row.insert(17, "")


def twice(made: Package) -> None:
    made["users.csv"].append(made["users.csv"][1])


def short_line(made: Package) -> None:
    made["users.csv"][1].pop()


def no_manifest(made: Package) -> None:
    del made["manifest.csv"]


def no_lines(made: Package) -> None:
    made["enrollments.csv"] = made["enrollments.csv"][:1]


def no_roles(made: Package) -> None:
    del made["roles.csv"]
    say(made, "file.roles", "absent")


def a_role_less(made: Package) -> None:
    made["roles.csv"].pop(1)


def file_unsaid(made: Package) -> None:
    say(made, "file.users", "absent")


def file_missing(made: Package) -> None:
    say(made, "file.demographics", "bulk")


def mode_unknown(made: Package) -> None:
    say(made, "file.users", "full")


def property_gone(made: Package) -> None:
    made["manifest.csv"] = [row for row in made["manifest.csv"] if row[0] != "file.results"]


def property_more(made: Package) -> None:
    made["manifest.csv"].append(["file.pupils", "bulk"])


def property_twice(made: Package) -> None:
    made["manifest.csv"].append(["file.users", "bulk"])


def other_version(made: Package) -> None:
    say(made, "oneroster.version", "1.1")


def file_more(made: Package) -> None:
    made["notes.csv"] = [["a"]]


def in_a_folder(made: Package) -> None:
    made["export/users.csv"] = made.pop("users.csv")


def other_school(made: Package) -> None:
    first, second = (row[9] for row in made["classes.csv"][1:3])
    row = made["enrollments.csv"][1]
    row[4] = second if row[4] == first else first


def to_the_district(made: Package) -> None:
    district = next(row[0] for row in made["orgs.csv"] if row[4] == "district")
    put(made, "classes.csv", "schoolSourcedId", district)


def own_parent(made: Package) -> None:
    put(made, "orgs.csv", "parentSourcedId", made["orgs.csv"][1][0])


def two_first_roles(made: Package) -> None:
    row = list(made["roles.csv"][1])
    row[0] = "another"
    made["roles.csv"].append(row)


def pupil_first(made: Package) -> None:
    for row in made["enrollments.csv"][1:]:
        row[7] = "true"


def delta_unsaid(made: Package) -> None:
    say(made, "file.orgs", "delta")
