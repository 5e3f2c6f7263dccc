"""Every call is somebody's: no key, a wrong key, another's instance, another scope are refused."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.kafka


@pytest.mark.parametrize(
    ("path", "key", "status", "code"),
    [
        ("/v1/intake/ent-ecole", "", 401, "KEY_MISSING"),
        ("/v1/intake/ent-ecole", "unknown", 401, "KEY_REFUSED"),
        ("/v1/intake/ent-ecole", "k" * 2_000, 401, "KEY_REFUSED"),
        ("/v1/intake/ent-ecole", "reader-key", 403, "KEY_SCOPE"),
        ("/v1/intake/ent-ecole", "operator-key", 403, "KEY_SCOPE"),
        ("/v1/intake/cantal", "school-key", 403, "KEY_INSTANCE"),
        ("/v1/intake/nowhere", "lost-key", 404, "INSTANCE_UNKNOWN"),
        ("/v1/intake/rectorat", "files-key", 403, "WAY_IN"),
        ("/v1/projects", "school-key", 403, "KEY_SCOPE"),
    ],
)
def test_a_call_without_right_is_refused(
    running: Any, path: str, key: str, status: int, code: str
) -> None:
    answer = running.post(path, {"data": {}}, key=key)
    assert (answer.status, answer.json["code"]) == (status, code)
    assert ("www-authenticate" in answer.headers) == (status == 401)


def test_a_revoked_key_is_refused_within_a_second(
    running: Any, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("preau.web.auth.TRUST_S", 0.05)
    assert running.post("/v1/intake/ent-ecole", {"data": {}}).status == 202
    world.keys.gone.add("school-key")
    while (answer := running.post("/v1/intake/ent-ecole", {"data": {}})).status == 202:
        pass
    assert answer.json["code"] == "KEY_REFUSED"


def test_a_key_that_calls_too_often_is_told_to_wait(world: Any, serve: Any) -> None:
    with serve(world, rate=1.0, burst=3) as running:
        statuses = [running.post("/v1/intake/ent-ecole", {"data": {}}).status for _ in range(5)]
        assert statuses[:3] == [202] * 3
        assert 429 in statuses[3:]
        answer = running.post("/v1/projects", {}, key="operator-key")
        assert answer.json["code"] == "PROJECT_FORM"
