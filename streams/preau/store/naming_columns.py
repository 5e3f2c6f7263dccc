"""Which column of which table may name somebody, and what takes it away when somebody is erased.

Every column of the schema stands here once: one that does not fails a test, so that nobody adds a
place where a person stays. "To name" is to hold an account, an id of the hub or of an ENT, what was
said of somebody, or what is derived from these.
"""

from __future__ import annotations

from collections.abc import Mapping

FORGOTTEN = "forgotten"
"""The row goes, or changes, when the erasure begins: `preau.store.forgetting`."""
WITHDRAWN = "withdrawn"
"""What an ENT was told: the row goes once the ENT has answered the withdrawal, or never had it."""
DESTROYED = "destroyed"
"""A key: `preau.store.subject_keys`, `preau.store.letter_keys`; what it sealed is unreadable."""
DRAINED = "drained"
"""The erasure's own memory: it goes when the erasure has drained, or an ENT has answered."""
PROOF = "proof"
"""A random id or a digest that alone says nothing of anybody; its clock ends it."""

NAMING: Mapping[str, Mapping[str, str]] = {
    "person_entry": dict.fromkeys(("source", "person"), FORGOTTEN),
    "person_key": dict.fromkeys(("source", "value"), FORGOTTEN),
    "person_trace": dict.fromkeys(("source", "value", "person"), FORGOTTEN),
    "person_move": {"source": FORGOTTEN},
    "person_past": dict.fromkeys(("source", "person", "ruling"), FORGOTTEN),
    "person_ruled": dict.fromkeys(("source", "ruling"), FORGOTTEN),
    "person_origin": dict.fromkeys(("source", "event_id"), FORGOTTEN),
    "project_pick": {"source": FORGOTTEN},
    "project_member": dict.fromkeys(("source", "person"), FORGOTTEN),
    "ruling": dict.fromkeys(("id", "left", "right", "keys"), FORGOTTEN),
    "ruling_source": dict.fromkeys(("source", "ruling"), FORGOTTEN),
    "said": dict.fromkeys(("key", "event_id", "fields"), FORGOTTEN),
    "said_point": dict.fromkeys(("key", "target"), FORGOTTEN),
    "seen_over": {"key": FORGOTTEN},
    "kept_back": dict.fromkeys(("key", "value"), FORGOTTEN),
    "outgoing": dict.fromkeys(("entity", "body", "cause", "local"), WITHDRAWN),
    "delivery_parent": {"entity": WITHDRAWN},
    "delivery": dict.fromkeys(("event_id", "entity", "cause", "body"), WITHDRAWN),
    "native_id": dict.fromkeys(("entity", "value"), WITHDRAWN),
    "filed": dict.fromkeys(("entity", "event_id", "fields"), WITHDRAWN),
    "orphan": {"entity": WITHDRAWN},
    "receipt_late": {"entity": WITHDRAWN},
    "drift": {"entity": WITHDRAWN},
    "receipt": dict.fromkeys(("event_id", "delivery", "entity", "native_id", "cause"), WITHDRAWN),
    "subject_key": dict.fromkeys(("subject", "wrapped"), DESTROYED),
    "letter_key": {"wrapped": DESTROYED},
    "erasure": {"person": PROOF},
    "erasure_recipient": {"entity": DRAINED},
    "erasure_source": {"source": DRAINED},
    "erasure_terms": {"sealed": DRAINED},
    "kept_out": {"digest": PROOF},
    "roster_row": dict.fromkeys(("id", "digest", "bones"), PROOF),
    "audit_entry": {"object": PROOF},
    "repeat_key": {"order_digest": PROOF},
    "poll": {"seen": PROOF},
}
"""Table → its columns that may name somebody → what takes them away."""

NOBODY: Mapping[str, str] = {
    "person_entry": "version deleted rule decisions at",
    "person_key": "kind",
    "person_trace": "kind until",
    "person_past": "decisions rule at until",
    "person_origin": "authority occurred_at received_at topic place offset path fields",
    "project_pick": "project uai role place",
    "project_member": "project uai class_key since left_at idle_since college",
    "ruling": "kind rule ruled_by undone_by at undone_at version said_at",
    "said": "record version deleted",
    "said_point": "record role",
    "seen_over": "record since",
    "kept_back": "record cut at",
    "outgoing": (
        "destination project operation parents version occurred_at seq sent answered refused again"
    ),
    "delivery_parent": "destination version parent",
    "delivery": (
        "seq destination version project operation occurred_at parents state outcome reason"
        " attempts unknown next_at"
    ),
    "native_id": "destination name",
    "filed": "destination version operation reason gone writing taken",
    "orphan": "destination version parent",
    "receipt_late": "destination level version project since",
    "drift": "destination project within kind what state version times found_at at",
    "comparison": (
        "instance at compared_at due should unread missing extra foreigners different held code"
        " tries"
    ),
    "receipt": "destination project operation outcome reason version at",
    "sftp_source": "instance host port login folder host_key secret",
    "subject_key": "year kid",
    "letter_key": "kid instance opened_at closed_at",
    "erasure": "id by state counts keep_out requested_at deadline drained_at ended_at",
    "erasure_recipient": "erasure number destination outcome reason at told",
    "erasure_source": "erasure",
    "erasure_terms": "erasure",
    "kept_out": "since by",
    "audit_entry": "seq day at actor act facts previous digest",
    "repeat_key": "digest object at",
    "api_key": "key_id hash instance scopes made_at revoked_at",
    "audit_head": "one seq day digest",
    "audit_key": "one wrapped",
    "audit_root": "day first last at digest previous signature",
    "delta_source": "instance",
    "directory_set": "instance number file at accounts groups left_out",
    "feed_address": "hash id project uai granted_by made_at revoked_at",
    "import_run": "id instance connector state began ended result reasons",
    "instance_setting": "instance name value",
    "instance": "name connector degree academy base_url secret way_out loopback disabled",
    "roster_row": "instance kind changed_at gone",
    "lost_group": "destination entity project at times due state",
    "mandate": (
        "id establishment instance direction records fields purpose project legal_basis granted_by"
        " starts until granted_at revoked_at sent"
    ),
    "master_mark": "one mark",
    "own_copy": "record key",
    "poll": "instance inlet cursor moved_at asked_at answered_at code said tries due",
    "project": "id group_id title purpose starts ends state version event_id created_at",
    "project_alias": "group_key project",
    "project_class": "project uai group_key place",
    "project_directory": "project uai instance",
    "project_move": "project uai instance at",
    "project_leaving": "project uai until",
    "project_place": "project uai instance decision by_role at place",
    "project_terms": "project description convention convention_by convention_on parent",
    "project_transmitted": "project uai until",
    "project_turn": "project",
    "rebuild_mark": "since",
    "schema_edition": "edition",
    "sector_circonscription": "ecole circonscription",
    "sector_declared": "ecole college",
    "sector_network": "college name",
    "sector_told": "college version at network sent",
    "set_aside": (
        "event_id instance connector event code field found known fix topic path part place"
        " redriven first_at last_at seq"
    ),
    "set_aside_decision": "event_id decision topic part place seq at",
    "switch_cut": "id kind target reason withdrawals at resumed_at",
    "version_floor": "destination version seq",
    "waiting": "record key project instance why since told sent",
}
"""Table → its other columns: ids of projects, groups, papers and schools; roles, words, times."""


def tables(way: str) -> tuple[str, ...]:
    """The tables of which a column is taken away so."""
    return tuple(table for table, columns in NAMING.items() if way in columns.values())
