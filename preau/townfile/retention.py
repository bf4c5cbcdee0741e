"""The row of the file about how long data are kept."""

from typing import Annotated, Any

from pydantic import Field

from preau.privacy.rules import DELAYS
from preau.townfile.rows import Row


def _months(code: str) -> Any:
    return Field(ge=DELAYS[code].least, le=DELAYS[code].most)


class RetentionRow(Row):
    """How many months each sort of data is kept, within what the law allows (privacy.rules.DELAYS)."""

    health: Annotated[int, _months("health")] = DELAYS["health"].months
    accounts: Annotated[int, _months("accounts")] = DELAYS["accounts"].months
    children: Annotated[int, _months("children")] = DELAYS["children"].months
    demarches: Annotated[int, _months("demarches")] = DELAYS["demarches"].months
    rights: Annotated[int, _months("rights")] = DELAYS["rights"].months
    documents: Annotated[int, _months("documents")] = DELAYS["documents"].months
    space: Annotated[int, _months("space")] = DELAYS["space"].months
    journal: Annotated[int, _months("journal")] = DELAYS["journal"].months
    messages: Annotated[int, _months("messages")] = DELAYS["messages"].months
    links: Annotated[int, _months("links")] = DELAYS["links"].months
    drafts: Annotated[int, _months("drafts")] = DELAYS["drafts"].months
    accounting: Annotated[int, _months("accounting")] = DELAYS["accounting"].months
