"""Documents handed in and deleted by processes that are killed: `python -m tests.kills_storing [--naive]`.

Each line of its input asks for one process: the act, whose document, and before which line it dies. The answer is
"killed", or "done" when the act has fewer lines. With --naive a file is written before its row, as one must not.
"""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

WATCHED = (
    "preau/documents/storing.py",
    "preau/documents/storage.py",
    "preau/documents/actions/handing.py",
    "preau/documents/actions/own.py",
    "django/core/files/storage/filesystem.py",
    "storages/backends/s3.py",
)
"""The lines that count: where a row or a file is written, or no longer."""


def dying(line: int) -> Callable[[FrameType, str, Any], Any]:
    """What traces an act, and kills the process before its line of that number."""
    left = line

    def watch(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if event == "call":
            return watch if frame.f_code.co_filename.endswith(WATCHED) else None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return watch

    return watch


def hand_in(code: str) -> None:
    """A file of somebody's space is given to the town, sealed for their child."""
    from django.utils import timezone

    from preau.documents.actions import Given
    from preau.documents.actions import hand_in as give
    from preau.documents.models import DocumentKind, OwnDocument
    from preau.families.models import Participant

    own = OwnDocument.objects.select_related("adult__user", "adult__family", "file").get(code=code)
    assert own.adult.user
    child = Participant.objects.get(homes__family=own.adult.family)
    given = Given(DocumentKind.objects.get(), child, own.adult.family)
    give(given, what=own, by=own.adult.user, now=timezone.now())


def delete(code: str) -> None:
    """A file of somebody's space is deleted, then by the worker."""
    import datetime as dt

    from django.utils import timezone

    from preau.documents.actions import delete_own
    from preau.documents.models import OwnDocument
    from preau.documents.storing import delete_dropped

    own = OwnDocument.objects.select_related("adult__user", "file").filter(code=code).first()
    if own is not None and own.adult.user is not None:
        delete_own(own, by=own.adult.user, now=timezone.now())
    delete_dropped(now=timezone.now() - dt.timedelta(days=1))


ACTS = {"hand_in": hand_in, "delete": delete}


def warm_up() -> None:
    """All that takes time without the database, so that new processes are ready at once."""
    import django

    django.setup()
    from preau.documents import actions, invariants

    assert actions
    assert invariants


def write_file_first() -> None:
    """What one must not do: for a moment, a file that no row knows."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from preau.documents import storing
    from preau.documents.actions import handing

    rightly = storing.write

    def early(cleaned: Any, *given: Any, **how: Any) -> Any:
        default_storage.save("documents/00/early", ContentFile(cleaned.content))
        stored = rightly(cleaned, *given, **how)
        default_storage.delete("documents/00/early")
        return stored

    handing.write = early  # type: ignore[attr-defined]


def main() -> None:
    warm_up()
    if "--naive" in sys.argv:
        write_file_first()
    for asked in sys.stdin:
        act, code, line = asked.split()
        pid = os.fork()
        if pid == 0:
            sys.settrace(dying(int(line)))
            ACTS[act](code)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write("killed\n" if os.WIFSIGNALED(status) else f"done {os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
