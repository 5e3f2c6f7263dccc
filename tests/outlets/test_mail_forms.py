"""`outlet/mail.yaml` is read strictly: what is not understood is refused, with its fix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from preau.errors import FixTheFolder, Place
from preau.outlets.mail_forms import NO_MAIL, parse_mails, read_mails

NEEDS = {
    "SHARE_PUT": ("group", "title", "source_instance", "source_media"),
    "NOTICE_PUT": ("group", "title"),
}
GOOD: dict[str, Any] = {"subject": "{group.name}", "text": "« {title} » {link}"}


def parse(lists: object = "{group}", **mails: object) -> Any:
    return parse_mails({"list": lists, "mails": mails}, NEEDS, Place("ent", "outlet/mail.yaml"))


def test_a_mail_says_what_it_reads() -> None:
    forms = parse(SHARE_PUT=GOOD)
    letter = forms.letters["SHARE_PUT"]
    assert set(letter.fields()) == {"group", "title", "source_instance", "source_media"}


def test_a_folder_without_the_file_sends_none(tmp_path: Path) -> None:
    assert read_mails("ent", tmp_path, NEEDS) is NO_MAIL


@pytest.mark.parametrize(
    ("lists", "mails", "code", "field"),
    [
        ("classe", {"SHARE_PUT": GOOD}, "OUTLET_FORM", "list"),
        ("{group}@ent.example", {"SHARE_PUT": GOOD}, "OUTLET_FORM", "list"),
        ("{group}", {}, "OUTLET_FORM", "mails"),
        ("{group}", {"MEMBER_PUT": GOOD}, "OUTLET_VALUE", "MEMBER_PUT"),
        ("{group}", {"SHARE_PUT": {**GOOD, "to": "x"}}, "OUTLET_KEY", "to"),
        ("{group}", {"SHARE_PUT": {"subject": "x"}}, "OUTLET_FORM", "text"),
        ("{group}", {"SHARE_PUT": {**GOOD, "subject": "a\nb"}}, "OUTLET_FORM", "subject"),
        ("{group}", {"SHARE_PUT": {**GOOD, "text": "{own.x}"}}, "OUTLET_FORM", "own.x"),
        ("{group}", {"SHARE_PUT": {**GOOD, "text": "x" * 4_001}}, "OUTLET_FORM", "text"),
        ("{group}", {"NOTICE_PUT": GOOD}, "OUTLET_FORM", "link"),
        ("{group}", {"NOTICE_PUT": {**GOOD, "text": "{audience}"}}, "OUTLET_FIELD", "audience"),
        ("{group}", {"NOTICE_REMOVE": {**GOOD, "text": "x"}}, "OUTLET_FIELD", "group"),
    ],
)
def test_what_is_wrong_is_refused_where_it_stands(
    lists: str, mails: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(FixTheFolder) as told:
        parse(lists, **mails)
    assert (told.value.code, told.value.complaint.where.field) == (code, field)
