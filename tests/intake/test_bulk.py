"""Bulk Data as a client: signed in, patient, paged, resumed, honest about what is gone, and loaded with counts."""

import json
import subprocess
from pathlib import Path

import httpx2
import pytest
from joserfc.jwk import ECKey, RSAKey

from throughcare.faults import Fault, Malformed, Unavailable
from throughcare.intake.bulk.export import WAIT_SECONDS_MAX, Export
from throughcare.intake.bulk.sign_in import SignIn
from throughcare.record.view import View
from throughcare.stores.postgres import Database

from ..conformance.conformance_data import HOW, open_archive
from .bulk_server import Server
from .loading import run

PATIENTS = [{"resourceType": "Patient", "id": f"p{n}", "birthDate": "1950-01-31"} for n in range(200)]
GONE = {
    "resourceType": "Bundle",
    "type": "transaction",
    "entry": [{"request": {"method": "DELETE", "url": "Patient/p7"}}],
}
KEYS = {"RS384": RSAKey.generate_key(2048, auto_kid=True), "ES384": ECKey.generate_key("P-384", auto_kid=True)}


def ndjson(*rows: dict) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bulk").mkdir()
    return tmp_path / "bulk"


def export(folder: Path, server: Server, waited: list[float] | None = None, **more: object) -> list[tuple[str, Path]]:
    with httpx2.Client() as client:
        waits = waited if waited is not None else []
        return list(Export(client, folder, sleep=waits.append, **more).run(f"{server.here}/Group/ours/$export"))


def manifest(*paths: str, **more: object) -> dict:
    output = [{"type": "Patient", "url": "{here}" + path} for path in paths]
    return {"transactionTime": "2026-03-17T12:00:00Z", "requiresAccessToken": True, "output": output, **more}


@pytest.mark.parametrize("algorithm", KEYS)
def test_we_sign_in_as_the_standard_asks_and_our_token_opens_every_step(folder: Path, algorithm: str) -> None:
    key = KEYS[algorithm]
    with Server(key) as server:
        server.manifests["/status"], server.files["/a"] = manifest("/a"), ndjson(*PATIENTS)
        sign_in = SignIn("us", f"{server.here}/token", json.dumps(key.as_dict(private=True)))
        ((kind, path),) = export(folder, server, sign_in=sign_in)
        assert (kind, path.read_bytes()) == ("output", ndjson(*PATIENTS))
        (claims,) = server.claims
        assert (claims["alg"], claims["kid"], claims["iss"], claims["sub"]) == (algorithm, key.kid, "us", "us")
        assert claims["aud"] == f"{server.here}/token" and 0 < claims["exp"] - claims["iat"] <= 300
        assert len(server.tokens) == 1


def test_a_token_that_is_about_to_end_is_fetched_anew(folder: Path) -> None:
    now = iter(range(0, 10_000_000, 280))
    key = KEYS["ES384"]
    with Server(key) as server:
        server.manifests["/status"], server.files["/a"] = manifest("/a"), ndjson(PATIENTS[0])
        text = json.dumps(key.as_dict(private=True))
        export(folder, server, sign_in=SignIn("us", f"{server.here}/token", text, clock=lambda: float(next(now))))
        assert len(server.tokens) > 1


def test_we_wait_as_long_as_the_server_says_but_never_beyond_the_limit(folder: Path) -> None:
    waited: list[float] = []
    with Server() as server:
        server.manifests["/status"], server.files["/a"], server.busy = manifest("/a"), ndjson(PATIENTS[0]), 1
        export(folder, server, waited)
    assert waited == [7, 3, 3] and max(waited) <= WAIT_SECONDS_MAX


def test_a_file_that_broke_off_goes_on_where_it_was(folder: Path) -> None:
    with Server() as server:
        server.manifests["/status"], server.files["/a"], server.cut = manifest("/a"), ndjson(*PATIENTS), {"/a"}
        sent: list[int] = []
        took = server.send
        server.send = lambda to, status, body=b"", **more: (sent.append(len(body)), took(to, status, body, **more))[1]  # type: ignore
        ((_, path),) = export(folder, server)
        assert path.read_bytes() == ndjson(*PATIENTS)
        assert server.seen["/a"] == 2 and sum(sent[-2:]) == len(ndjson(*PATIENTS)), "no byte came twice"


OLD, NEW = "Wed, 01 Jan 2020 00:00:00 GMT", "Thu, 02 Jan 2020 00:00:00 GMT"
CHANGED = list(reversed(PATIENTS))


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        ({"etag": '"1"'}, {"etag": '"2"'}, '"1"'),
        ({"last_modified": OLD}, {"last_modified": NEW}, OLD),
        ({"etag": 'W/"1"', "last_modified": OLD}, {"etag": 'W/"1"', "last_modified": NEW}, OLD),
    ],
)
def test_a_file_that_is_another_by_now_is_fetched_whole(folder: Path, before: dict, after: dict, asked: str) -> None:
    with Server() as server:
        server.manifests["/status"], server.files["/a"], server.cut = manifest("/a"), ndjson(*PATIENTS), {"/a"}
        server.versions["/a"] = before

        def change(seconds: float) -> None:
            if server.seen["/a"] == 1:
                server.files["/a"], server.versions["/a"] = ndjson(*CHANGED), after

        with httpx2.Client() as client:
            ((_, path),) = Export(client, folder, sleep=change).run(f"{server.here}/Group/ours/$export")
        assert path.read_bytes() == ndjson(*CHANGED) and server.if_range == [None, asked]


@pytest.mark.parametrize("version", [{"etag": '"1"'}, {"last_modified": OLD}, {"etag": 'W/"1"'}, {}])
def test_a_file_that_is_the_same_goes_on(folder: Path, version: dict) -> None:
    with Server() as server:
        server.manifests["/status"], server.files["/a"], server.cut = manifest("/a"), ndjson(*PATIENTS), {"/a"}
        server.versions["/a"] = version
        sent: list[int] = []
        took = server.send
        server.send = lambda to, status, *rest, **more: (sent.append(status), took(to, status, *rest, **more))[1]  # type: ignore
        ((_, path),) = export(folder, server)
        assert path.read_bytes() == ndjson(*PATIENTS) and sent[-1] == 206


def test_a_server_that_names_no_version_is_held_to_its_length(folder: Path) -> None:
    with Server() as server:
        server.manifests["/status"], server.files["/a"], server.cut = manifest("/a"), ndjson(*PATIENTS), {"/a"}

        def change(seconds: float) -> None:
            if server.seen["/a"]:
                server.files["/a"] = ndjson(*CHANGED, PATIENTS[0])

        with httpx2.Client() as client:
            ((_, path),) = Export(client, folder, sleep=change).run(f"{server.here}/Group/ours/$export")
        assert path.read_bytes() == ndjson(*CHANGED, PATIENTS[0]) and server.seen["/a"] == 3


def test_pages_are_followed_and_the_server_may_delete_its_files_then(folder: Path) -> None:
    with Server() as server:
        server.manifests["/status"] = manifest("/a", link=[{"relation": "next", "url": "{here}/page2"}])
        server.manifests["/page2"] = manifest("/b")
        server.files |= {"/a": ndjson(PATIENTS[0]), "/b": ndjson(PATIENTS[1])}
        assert [path.read_bytes() for _, path in export(folder, server)] == [server.files["/a"], server.files["/b"]]
        assert ("DELETE", "/status") not in server.asked  # until all is loaded
        with httpx2.Client() as client:
            Export(client, folder).let_go()
        assert server.asked[-1] == ("DELETE", "/status")


def test_a_stopped_export_goes_on_with_the_same_job_and_fetches_no_file_twice(folder: Path) -> None:
    with Server() as server:
        server.manifests["/status"], server.files["/a"] = manifest("/a", "/b"), ndjson(PATIENTS[0])
        with pytest.raises(Unavailable, match="404"):
            export(folder, server)
        server.files["/b"] = ndjson(PATIENTS[1])
        assert len(export(folder, server)) == 2
        assert server.seen["/Group/ours/$export"] == 1 and server.seen["/a"] == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"manifests": {}}, "no longer there"),
        ({"status": 500}, "failed"),
        ({"headers": {"expires": "Wed, 01 Jan 2020 00:00:00 GMT"}}, "have ended"),
    ],
)
def test_an_export_that_is_gone_failed_or_ended_is_said_and_starts_anew(folder: Path, change: dict, says: str) -> None:
    with Server() as server:
        server.manifests["/status"], server.files["/a"] = manifest("/a"), ndjson(PATIENTS[0])
        for name, value in change.items():
            setattr(server, name, value)
        with pytest.raises(Unavailable, match=says):
            export(folder, server)
        assert not (folder / "status").exists()


@pytest.mark.parametrize("body", [{"output": ["x"]}, {"output": [{"url": "file:///etc/passwd"}]}, {"output": [{}]}])
def test_a_manifest_that_leads_elsewhere_than_the_web_is_refused(folder: Path, body: dict) -> None:
    with Server() as server:
        server.manifests["/status"] = body
        with pytest.raises(Malformed):
            export(folder, server)


def test_our_token_is_not_shown_to_another_server(folder: Path) -> None:
    key = KEYS["ES384"]
    with Server(key) as server, Server() as other:
        other.files["/a"] = ndjson(PATIENTS[0])
        server.manifests["/status"] = {"requiresAccessToken": True, "output": [{"url": f"{other.here}/a"}]}
        seen: list[str | None] = []
        took = other.file
        other.file = lambda to, body: (seen.append(to.headers.get("authorization")), took(to, body))[1]  # type: ignore
        text = json.dumps(key.as_dict(private=True))
        export(folder, server, sign_in=SignIn("us", f"{server.here}/token", text))
        assert seen == [None]


def openssl(*words: str) -> str:
    return subprocess.run(["openssl", *words], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    "words",
    [
        "ecparam -name secp384r1 -genkey -noout",
        "ecparam -name secp384r1 -genkey",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384",
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048",
        "genrsa -traditional 2048",
    ],
)
def test_a_key_of_openssl_signs_as_the_server_knows_it(folder: Path, words: str) -> None:
    text = openssl(*words.split())
    (folder / "key.pem").write_text(text)
    public = openssl("pkey", "-in", str(folder / "key.pem"), "-pubout")
    kind, algorithm = (RSAKey, "RS384") if "rsa" in words.lower() else (ECKey, "ES384")
    with Server(kind.import_key(public)) as server, httpx2.Client() as client:
        assert SignIn("us", f"{server.here}/token", text).token(client) == "token-0"
        assert server.claims[0]["alg"] == algorithm


def test_a_key_with_a_password_is_refused_in_words(folder: Path) -> None:
    options = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -aes256 -pass pass:x"
    with httpx2.Client() as client, pytest.raises(Fault, match="The key is encrypted"):
        SignIn("us", "https://example.org/token", openssl(*options.split())).token(client)


@pytest.mark.parametrize("text", ["", "{}", "no key", json.dumps(KEYS["ES384"].as_dict(private=False))])
def test_a_key_that_cannot_sign_is_refused_in_words(text: str) -> None:
    with Server() as server, httpx2.Client() as client, pytest.raises(Fault, match="key"):
        SignIn("us", f"{server.here}/token", text).token(client)


def manifests() -> list:
    archive = open_archive("12_ig_examples/bulk-data_manifests.zip")
    names = [n for n in archive.namelist() if "Submit" not in n] if archive else []
    return names or [pytest.param("", marks=pytest.mark.skip(reason=HOW))]


@pytest.mark.parametrize("name", manifests())
def test_the_manifests_of_the_standard_are_followed_to_every_file(folder: Path, name: str) -> None:
    """Ours is where they say example.org; the files they name are there, and a next page that is not is empty."""
    archive = open_archive("12_ig_examples/bulk-data_manifests.zip")
    assert archive is not None
    text = archive.read(name).decode().replace("https://example.org", "{here}").replace("https://example.com", "{here}")
    told = json.loads(text)
    with Server() as server:
        server.manifests["/status"] = told
        parts = [one["url"].removeprefix("{here}") for k in ("output", "deleted", "outcome") for one in told.get(k, [])]
        server.files = {path: ndjson(PATIENTS[n]) for n, path in enumerate(parts)}
        following = [link["url"].removeprefix("{here}") for link in told.get("link", []) if link["url"] != "#pending"]
        server.manifests |= {path: manifest() for path in following}
        assert [path.read_bytes() for _, path in export(folder, server)] == list(server.files.values())


def test_what_is_fetched_is_loaded_and_what_is_gone_is_deleted(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from throughcare.cli import bulk

    with Server() as server:
        server.manifests["/status"] = manifest(
            "/a", deleted=[{"url": "{here}/gone"}], error=[{"type": "OperationOutcome", "url": "{here}/oo"}]
        )
        bad = {**PATIENTS[0], "id": "bad", "birthDate": "no day"}
        server.files |= {
            "/a": ndjson(*PATIENTS, bad),
            "/gone": ndjson(GONE),
            "/oo": ndjson({"resourceType": "OperationOutcome"}),
        }
        took = lambda settings, paths, source, prefix: run(database, *paths, source=source)  # noqa: E731
        monkeypatch.setattr(bulk, "load_files", took)
        with httpx2.Client() as client:
            asked = Export(client, folder, sleep=lambda _: None)
            told = bulk.fetched(database.settings, asked, f"{server.here}/$export", "payer", "")
    assert told == {
        "files": 1, "read": 202, "stored": 201, "known": 0, "quarantined": 1, "entries": 1, "refused_before": 0,
        "deletions": 1, "complaints": 1,
    }  # fmt: skip
    assert View(database).read("Patient", "p7") is None and View(database).read("Patient", "p8")
