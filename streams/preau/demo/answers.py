"""What the ENTs answered, as the project's page tells it: whether it is what an act expects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from preau.demo.playbill import Receipts, receipts_of
from preau.demo.waiting import StoryBroken, missing_of
from preau.web import french


def answered(page: Mapping[str, Any], expected: Receipts) -> str:
    """The answers that the page must show; a refusal that is not expected breaks the story.

    Gives, in French, what is missing, or nothing.
    """
    found = receipts_of(page)
    for answer in page["answers"]:
        if answer["outcome"] in ("REFUSED", "EXPIRED") and found.refused > expected.refused:
            raise StoryBroken(f"un refus que rien n'annonçait ; {_told(answer)}")
    if found == expected:
        return ""
    words = missing_of("réponses « appliqué »", found.applied, expected.applied)
    words = words or f"{found.applied} appliqué, {found.pending} en attente"
    late = [a for a in page["answers"] if a["outcome"] not in ("APPLIED", "")]
    late.sort(key=lambda answer: answer["reason"] == "NO_ACCOUNT")  # the one that is expected
    return f"{words} ; {_told(late[0])}" if late else words


def _told(answer: Mapping[str, Any]) -> str:
    what = french.thing(answer["what"], answer["label"], answer["things"])
    why = french.reason(answer["outcome"], answer["reason"], answer["what"])
    return f"{answer['ent']} : {what}, {french.outcome(answer['outcome']).word} : {why}"
