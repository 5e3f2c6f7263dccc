"""Delivers as a signed webhook: Standard Webhooks 1.0.0, signed with the standard's own library.

`webhook-id` is the delivery's event id, so the receiver drops a repeat; the payload is CloudEvents
1.0 JSON of the fields that the card lists, under 20 kB; an operation that it does not list is
refused unsent. 2xx is APPLIED, 410 asks to be disabled, 3xx and every other answer is a failure to
be tried again (the schedule is `deliver`'s).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

import aiohttp
import orjson
from standardwebhooks.webhooks import Webhook

from preau.clock import Clock
from preau.errors import Stop
from preau.outlets.address import check_url
from preau.outlets.answer import Answer, retry_after
from preau.outlets.operation import LATER
from preau.outlets.outcome import Kept, Outcome, Parcel, Target

MAX_PAYLOAD = 20_000
"""Bytes; the standard recommends less than 20 kB."""
_ACCEPTED, _GONE = 202, 410


class SignedWebhook:
    """The way out to one instance that gave an https address and shares a secret (`whsec_…`)."""

    def __init__(
        self,
        target: Target,
        needs: Mapping[str, Collection[str]],
        session: aiohttp.ClientSession,
        clock: Clock,
    ) -> None:
        self._target = target
        self._needs = needs
        self._session = session
        self._clock = clock
        self._signer = Webhook(target.secret)

    def reads(self, _parcel: Parcel) -> set[str]:
        """A webhook needs no id that the ENT gave."""
        return set()

    async def deliver(self, parcel: Parcel, _kept: Kept, *, unknown: bool) -> Outcome:
        """One post; a repeat carries the same id, so `unknown` changes nothing."""
        del unknown
        if parcel.operation not in self._needs:
            return Outcome("REFUSED", "NOT_SUPPORTED", sent=False)
        payload = self._payload(parcel)
        if len(payload) >= MAX_PAYLOAD:
            return Outcome("REFUSED", "TOO_LARGE", sent=False)
        try:
            url = check_url(self._target.url, loopback=self._target.loopback)
            async with self._session.post(
                url, data=payload, headers=self._headers(parcel, payload), allow_redirects=False
            ) as answer:
                return self._judge(Answer(answer.status, dict(answer.headers), None))
        except Stop:
            return Outcome(LATER, "ADDRESS_NOT_ALLOWED", sent=False)
        except aiohttp.ClientConnectorError:
            return Outcome(LATER, "UNREACHABLE", sent=False)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Outcome(LATER, "NO_ANSWER")

    async def close(self) -> None:
        """Closes its connections."""
        await self._session.close()

    def _judge(self, answer: Answer) -> Outcome:
        if answer.status == _ACCEPTED:
            return Outcome("ACCEPTED")
        if 200 <= answer.status < 300:  # noqa: PLR2004 -- the success range of HTTP
            return Outcome("APPLIED")
        if answer.status == _GONE:
            return Outcome(LATER, "DISABLED", disable=True)
        wait = retry_after(answer, 1000, self._clock)
        reason = "REDIRECTED" if 300 <= answer.status < 400 else "ENT_ERROR"  # noqa: PLR2004
        return Outcome(LATER, reason, wait_ms=wait)

    def _headers(self, parcel: Parcel, payload: bytes) -> dict[str, str]:
        now = datetime.fromtimestamp(self._clock.now_ms() // 1000, UTC)
        signature = self._signer.sign(parcel.event_id, now, payload.decode())
        return {
            "Content-Type": "application/cloudevents+json",
            "webhook-id": parcel.event_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }

    def _payload(self, parcel: Parcel) -> bytes:
        allowed = sorted(self._needs.get(parcel.operation, ()))
        at = datetime.fromtimestamp(parcel.occurred_at / 1000, UTC)
        kind = parcel.operation.lower().replace("_", ".")
        return orjson.dumps(
            {
                "specversion": "1.0",
                "id": parcel.event_id,
                "source": "urn:preau:hub",
                "type": f"fr.preau.{kind}.v1",
                "time": at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{parcel.occurred_at % 1000:03d}Z",
                "subject": parcel.entity,
                "datacontenttype": "application/json",
                "data": {
                    "version": parcel.version,
                    **{name: parcel.body[name] for name in allowed if name in parcel.body},
                },
            }
        )
