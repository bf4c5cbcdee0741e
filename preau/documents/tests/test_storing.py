"""Files and their rows: whatever fails, and wherever, none is left without the other."""

import contextlib
import datetime as dt
import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import RequestFactory
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from preau.core.cleaning import FileRefused, Part
from preau.core.cleaning.limits import MOST_BYTES
from preau.core.testing import picture
from preau.documents.choices import FileState, ScanState
from preau.documents.invariants import files_lost, files_unknown
from preau.documents.models import StoredFile
from preau.documents.storing import FileGone, delete_dropped, delete_unknown, keep, keys_unknown, leave, read, store
from preau.documents.testing import AT, make_stored

pytestmark = pytest.mark.django_db

LATER = AT + dt.timedelta(hours=2)


def faults() -> list[str]:
    return [*files_lost(), *files_unknown()]


def keys() -> list[str]:
    """The files in the storage."""
    try:
        folders = default_storage.listdir("documents")[0]
    except FileNotFoundError:
        return []
    paths = (posixpath.join("documents", folder) for folder in folders)
    return [posixpath.join(path, name) for path in paths for name in default_storage.listdir(path)[1]]


def test_a_file_is_scanned_cleaned_written_and_known_by_its_digest() -> None:
    stored = store([Part("moi.jpg", picture((60, 40)))], now=AT)
    assert (stored.type, stored.pages, stored.scan, stored.state) == ("jpeg", 1, ScanState.NOT_SCANNED, "writing")
    assert len(read(stored)) == stored.size
    assert keys() == [stored.key]


def test_its_name_says_nothing() -> None:
    first, second = (make_stored() for _ in range(2))
    assert first.key != second.key
    assert first.sha256 == second.sha256
    assert first.sha256[:8] not in first.key


def test_a_file_that_is_refused_leaves_nothing() -> None:
    with pytest.raises(FileRefused):
        store([Part("moi.jpg", b"rien")], now=AT)
    assert (keys(), StoredFile.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_a_file_is_never_written_inside_a_transaction() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        make_stored()


def test_a_storage_that_fails_leaves_a_row_that_the_worker_deletes(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(InMemoryStorage, "_save", full)
    with pytest.raises(OSError):
        make_stored()
    assert StoredFile.objects.get().state == FileState.WRITING
    assert delete_dropped(now=LATER) == 1
    assert not StoredFile.objects.exists()


def test_a_file_whose_owner_was_never_written_is_deleted_with_its_row() -> None:
    make_stored()
    assert delete_dropped(now=AT + dt.timedelta(minutes=30)) == 0
    assert delete_dropped(now=LATER) == 1
    assert (keys(), StoredFile.objects.count()) == ([], 0)


def test_a_file_that_is_being_deleted_is_kept_by_nobody() -> None:
    stored = make_stored()
    StoredFile.objects.update(state=FileState.DROPPED)
    with pytest.raises(FileGone):
        keep(stored)


def test_a_deletion_that_was_cut_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = make_stored()
    with monkeypatch.context() as cut:
        cut.setattr(StoredFile, "delete", lambda self: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            delete_dropped(now=LATER)
    assert keys() == []
    assert delete_dropped(now=LATER) == 1
    assert not StoredFile.objects.filter(pk=stored.pk).exists()


def test_what_nothing_owns_any_more_is_deleted_at_once() -> None:
    stored = make_stored()
    keep(stored)
    with transaction.atomic():
        leave(stored)
    assert delete_dropped(now=AT) == 1
    assert keys() == []


def test_a_file_that_is_lost_or_changed_is_not_shown_and_verify_says_it() -> None:
    lost, changed = make_stored(), make_stored()
    for stored in (lost, changed):
        keep(stored)
        default_storage.delete(stored.key)
    default_storage.save(changed.key, ContentFile(b"autre chose"))
    for stored in (lost, changed):
        with pytest.raises(FileGone):
            read(stored)
    said = "\n".join(faults())
    assert f"{lost.key} : absent" in said
    assert f"{changed.key} : absent, ou changé" in said
    assert f"{lost.key} : ne sert à rien" in said


def test_a_file_without_a_row_is_said_by_verify_and_deleted_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = make_stored()
    default_storage.save("documents/ab/inconnu", ContentFile(b"x"))
    assert list(keys_unknown()) == ["documents/ab/inconnu"]
    assert any("inconnu" in fault for fault in faults())
    written = default_storage.get_modified_time("documents/ab/inconnu")
    assert delete_unknown(now=written + dt.timedelta(hours=23)) == 0
    assert delete_unknown(now=written + dt.timedelta(hours=25)) == 1
    assert keys() == [stored.key]


def test_beside_an_empty_database_nothing_is_deleted() -> None:
    default_storage.save("documents/ab/inconnu", ContentFile(b"x"))
    assert delete_unknown(now=AT + dt.timedelta(days=3000)) == 0
    assert keys() == ["documents/ab/inconnu"]


# In a folder, in a bucket


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    options = {"location": tmp_path}
    durable = {"BACKEND": "preau.documents.storage.DurableFolder", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": durable}
    return tmp_path


def test_in_a_folder_only_the_portal_reads_the_files(folder: Path) -> None:
    stored = make_stored()
    path = folder / stored.key
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.read_bytes() == read(stored)


def test_a_folder_is_written_through_before_the_file_is_said_to_be_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(
        "os.fsync", lambda descriptor: synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
    )
    stored = make_stored()
    assert synced == [*reversed(Path(stored.key).parts), folder.name]  # a folder that is new is one more name above


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(settings: Settings, s3: str) -> Any:
    access = {"access_key": "essai", "secret_key": "essai", "region_name": "eu-west-3", "endpoint_url": s3}
    options = {"bucket_name": "preau", "default_acl": None, "file_overwrite": False, **access}
    storage = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    client = boto3.client(
        "s3", endpoint_url=s3, region_name="eu-west-3", aws_access_key_id="essai", aws_secret_access_key="essai"
    )
    with contextlib.suppress(client.exceptions.BucketAlreadyOwnedByYou):
        client.create_bucket(Bucket="preau", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    return client


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_in_a_bucket_files_live_and_die_the_same(bucket: Any) -> None:
    stored = make_stored()
    assert bucket.get_object(Bucket="preau", Key=stored.key)["Body"].read() == read(stored)
    assert list(keys_unknown()) == []
    bucket.put_object(Bucket="preau", Key="documents/ab/inconnu", Body=b"x")
    assert list(keys_unknown()) == ["documents/ab/inconnu"]
    assert delete_unknown(now=dt.datetime.now(dt.UTC) + dt.timedelta(days=2)) == 1
    assert delete_dropped(now=LATER) == 1
    assert "Contents" not in bucket.list_objects_v2(Bucket="preau")
    with pytest.raises(FileGone):
        read(stored)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_bucket_that_does_not_answer_is_a_failure_that_leaves_a_row(bucket: Any) -> None:
    bucket.delete_bucket(Bucket="preau")
    with pytest.raises(Exception, match="NoSuchBucket"):
        make_stored()
    assert StoredFile.objects.get().state == FileState.WRITING


# While it arrives


def test_of_a_file_too_heavy_only_the_beginning_is_kept() -> None:
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("a.pdf", bytes(30_000_000))})
    sent: Any = request.FILES["file"]
    assert MOST_BYTES < sent.size < MOST_BYTES + 200_000
