"""Processes are killed before each line that stores or deletes a document: no file without its row, no document without
its file, and the worker clears what was begun."""

import contextlib
import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.conf import settings as django_settings
from django.core.files.storage import default_storage
from django.utils import timezone
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from preau.documents.choices import FileState, Holder, Sensitivity
from preau.documents.invariants import files_lost, files_unknown
from preau.documents.models import OwnDocument, StoredFile, SupportingDocument
from preau.documents.sealed import content_of
from preau.documents.storing import delete_dropped
from preau.documents.testing import make_kind, make_own
from preau.families.models import Adult
from preau.families.testing import make_adult, make_child, make_family
from preau.town.testing import make_service, make_town
from tests.kills import ROOT, environment

pytestmark = pytest.mark.django_db(transaction=True)

Dies = Callable[[str, OwnDocument, int], bool]


@contextlib.contextmanager
def killing(*options: str, **more: str) -> Iterator[Dies]:
    """`dies(act, own, line)`: whether a process that does this was killed before its line of that number."""
    keys = {"PREAU_HEALTH_KEY_FILE": str(django_settings.HEALTH_KEY_FILE), **more}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.kills_storing", *options],
        cwd=ROOT,
        env=os.environ | environment() | keys,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        asking, answers = process.stdin, process.stdout

        def dies(act: str, own: OwnDocument, line: int) -> bool:
            asking.write(f"{act} {own.code} {line}\n")
            asking.flush()
            answer = answers.readline()
            assert answer in ("killed\n", "done 0\n"), answer
            return answer == "killed\n"

        yield dies
        asking.close()


@pytest.fixture
def parent() -> Adult:
    make_town()
    make_service()
    make_kind("pai", holder=Holder.CHILD, sensitivity=Sensitivity.HEALTH)
    adult = make_adult(make_family())
    make_child(adult.family)
    return adult


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    durable = {"BACKEND": "preau.documents.storage.DurableFolder", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": durable}
    return tmp_path


def faults() -> list[str]:
    return [*files_lost(), *files_unknown()]


def look_closely() -> None:
    """Nothing is wrong, neither before the worker has cleared nor after; all that was given opens."""
    assert faults() == []
    delete_dropped(now=timezone.now() + dt.timedelta(hours=2))
    assert faults() == []
    assert {stored.state for stored in StoredFile.objects.all()} <= {FileState.KEPT}
    for document in SupportingDocument.objects.select_related("file", "participant"):
        assert content_of(document)


def test_killed_before_each_line_of_handing_in(parent: Adult, folder: Path) -> None:
    own = make_own(parent)
    with killing(PREAU_VAR=str(folder)) as dies:
        lines = 1
        while dies("hand_in", own, lines):
            look_closely()
            lines += 1
    look_closely()
    assert lines > 50
    assert SupportingDocument.objects.exists()


def test_killed_before_each_line_of_deleting(parent: Adult, folder: Path) -> None:
    with killing(PREAU_VAR=str(folder)) as dies:
        lines, own = 1, make_own(parent)
        while dies("delete", own, lines):
            look_closely()
            lines += 1
            own = OwnDocument.objects.filter(pk=own.pk).first() or make_own(parent)
    look_closely()
    assert lines > 15
    assert not OwnDocument.objects.exists()
    assert default_storage.listdir("documents")[1] == []


def test_a_file_written_before_its_row_would_be_noticed(parent: Adult, folder: Path) -> None:
    """What the tests above are worth."""
    own = make_own(parent)
    with killing("--naive", PREAU_VAR=str(folder)) as dies:
        assert any(faults() for line in range(10, 200, 5) if dies("hand_in", own, line))


@pytest.fixture
def bucket(settings: Settings, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A local double of S3, and the environment that leads there."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    access: dict[str, Any] = {"region_name": "eu-west-3", "endpoint_url": url}
    keys = {"access_key": "essai", "secret_key": "essai"}
    boto3.client("s3", aws_access_key_id="essai", aws_secret_access_key="essai", **access).create_bucket(
        Bucket="preau", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"}
    )
    options = {"bucket_name": "preau", "default_acl": None, "file_overwrite": False, **access, **keys}
    storage = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    yield {
        "PREAU_VAR": str(tmp_path),
        "PREAU_S3_BUCKET": "preau",
        "PREAU_S3_ENDPOINT": url,
        "PREAU_S3_REGION": "eu-west-3",
        "PREAU_S3_KEY": "essai",
        "PREAU_S3_SECRET": "essai",
    }
    server.stop()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_killed_while_it_writes_to_a_bucket(parent: Adult, bucket: dict[str, str]) -> None:
    """Some of the lines, each start being slow."""
    own = make_own(parent)
    with killing(**bucket) as dies:
        for line in range(5, 125, 15):
            assert dies("hand_in", own, line), line
            look_closely()
        assert not dies("hand_in", own, 10_000)
    look_closely()
    assert SupportingDocument.objects.exists()
