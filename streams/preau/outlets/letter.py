"""One mail to a group's distribution list: who it is from, to which list, and its words.

No person's address is ever in it, and no word but those of the folder and of the fields that may
leave. The same delivery gives the same `Message-ID`, so that whoever receives it twice can tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from preau.outlets.mail_forms import Letter
from preau.outlets.outcome import Parcel
from preau.outlets.printable import one_line, printable
from preau.outlets.value import MOMENT, dated

_DATES = frozenset({"due", "start", "end"})
_NOTHING = "(sans titre)"


def write_letter(
    letter: Letter, parcel: Parcel, to: str, sender: str, holes: Mapping[str, object]
) -> EmailMessage:
    """The mail of a delivery; `holes` are the values of what the words leave open."""
    domain = sender.rpartition("@")[2]
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = one_line(_filled(letter.subject, holes))
    message["Date"] = formatdate(parcel.occurred_at / 1000)
    message["Message-ID"] = f"<{parcel.event_id}@{domain}>"
    message["References"] = f"<{parcel.entity.replace(':', '.')}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absent teacher's reply
    message["Content-Language"] = "fr"
    message.set_content(printable(_filled(letter.text, holes)))
    return message


def _filled(words: str, holes: Mapping[str, object]) -> str:
    for name, value in holes.items():
        said = dated(value, MOMENT) if name in _DATES else value
        words = words.replace("{" + name + "}", one_line(str(said or "")) or _NOTHING)
    return words
