"""An operation file as a product has it, for the tests of what leaves."""

from __future__ import annotations

from typing import Any

NEEDS = {"GROUP_PUT": ["group", "name"], "SHARE_PUT": ["share", "source_instance", "source_media"]}
GROUP: dict[str, Any] = {
    "find": {
        "call": "GET /groups",
        "query": {"hub": {"from": "group"}},
        "keep": {"native_id": "0.id"},
    },
    "steps": [
        {
            "call": "POST /groups",
            "only": "new",
            "body": {"label": {"from": "name"}, "attributes.hub": {"from": "group"}},
            "keep": {"native_id": "id"},
            "known": [409],
            "error": "err",
            "answers": {404: "UNKNOWN_GROUP", "aaf": "STATE_OWNED", "busy": "LATER"},
        },
        {
            "call": "PUT /groups/{own.native_id}",
            "only": "known",
            "body": {"label": {"from": "name"}},
        },
    ],
}
SHARE = {
    "steps": [
        {"call": "POST /media", "bytes": "file", "body": {"hub": {"from": "share"}}},
    ]
}
