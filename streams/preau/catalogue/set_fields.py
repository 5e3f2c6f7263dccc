"""What the complete sets of a directory service are made of, whatever their format."""

from __future__ import annotations

from collections.abc import Mapping

SET_READS: Mapping[str, frozenset[str]] = {
    "GROUP_PUT": frozenset({"group", "name"}),
    "MEMBER_PUT": frozenset({"group", "member_kind", "local_id", "role", "establishment"}),
    "PERSON_PUT": frozenset({"family_name", "given_name", "profile", "stage"}),
}
"""Fields of deliveries, and (PERSON_PUT) of people, opened when a set is written."""
