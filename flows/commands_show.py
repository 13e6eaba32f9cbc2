"""Commands that decide what others see of the archive: takedown, replay; of the shelves they change only the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from archive.errors import UsageError
from archive.texts import to_line
from flows.options import Form, Where
from flows.show import Listing, facts, note

if TYPE_CHECKING:
    from archive.takedowns import Takedown


def takedown(
    where: Where,
    form: Form,
    name: Annotated[
        str | None, Argument(metavar="[ID|URL]", help="A story's id, permalink or address; none: list what is hidden.")
    ] = None,
    reason: Annotated[
        str | None, Option(metavar="TEXT", help="Why; it stands in the ledger for ever, and is told to who asks.")
    ] = None,
) -> None:
    """Hide a story from every answer, index and export, for ever; its bytes stay on the shelves."""
    from archive.takedowns import take_down

    if name is None and reason is not None:
        raise UsageError("give a story's id, permalink or address to take down")
    if name is not None and reason is None:
        raise UsageError('say why it is taken down: --reason "…"')
    with where.open() as archive:
        if name is None or reason is None:
            _orders().show(archive.takedowns().orders, as_json=form.as_json)
            return
        now = datetime.now(UTC)
        order = take_down(archive, name, reason, now)
    if order.at != now.isoformat():
        note(f"{order.story or name} was taken down on {order.at[:10]} already")
    _orders().show([order], as_json=form.as_json)


def replay(
    where: Where,
    form: Form,
    out: Annotated[
        Path | None, Option(metavar="DIR", help="A folder for index, rules and config; else replay/ in the store.")
    ] = None,
) -> None:
    """Make the index that pywb plays the archive from: every capture but 304s and what is taken down."""
    from archive.replay import build

    with where.open() as archive:
        made = build(archive, out)
    if form.as_json:
        fields = {"place": made.place, "captures": made.captures, "left_out": made.left_out, "blocked": made.blocked}
        print(to_line(fields))
        return
    facts({"captures": made.captures, "left out": made.left_out, "addresses blocked": made.blocked})
    note(f"run it with: wayback -d {made.place}")


def _orders() -> Listing[Takedown]:
    return Listing(
        columns={
            "story": lambda order: order.story,
            "taken down": lambda order: order.at[:10],
            "addresses": lambda order: len(order.urls),
            "reason": lambda order: order.reason,
        },
        dump=_order_json,
        none="nothing is taken down",
    )


def _order_json(order: Takedown) -> Mapping[str, object]:
    return {
        "story": order.story,
        "at": order.at,
        "urls": list(order.urls),
        "reason": order.reason,
        "event": order.event,
    }
