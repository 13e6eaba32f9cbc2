"""The `astana` command: verbs and what they come back with; each verb's work is in the rooms it names."""

from __future__ import annotations

import sys

INTERRUPTED = 130

try:
    import errno
    import os
    import re
    from collections.abc import Callable, Sequence
    from functools import wraps
    from io import TextIOWrapper
    from typing import Annotated

    import typer
    from typer import Context, Option

    from archive.errors import ArchiveError, StorageError, TakenDownError, UsageError
    from flows import (
        commands_audit,
        commands_backfill,
        commands_cluster,
        commands_coding,
        commands_diff,
        commands_expect,
        commands_gaps,
        commands_keep,
        commands_learn,
        commands_lineage,
        commands_outlets,
        commands_read,
        commands_recluster,
        commands_run,
        commands_show,
        commands_takedown,
        commands_validate,
        demo,
    )
    from flows.options import Form, Where, spread
    from flows.show import note
except KeyboardInterrupt:  # all this takes half a second
    print("astana: interrupted; nothing was begun", file=sys.stderr)
    sys.exit(INTERRUPTED)

REFUSED = 1
WRONG_USE = 2
BROKEN_WORLD = 3
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})  # where standard output goes

app = typer.Typer(
    name="astana",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
outlets = typer.Typer(
    help="Which outlets there are: list, show, check, unread, add",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
cluster = typer.Typer(
    cls=commands_cluster.Falling,
    help="The cluster of a story; or, by hand: merge, split, undo, decisions",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

VERBS: dict[str, Callable[..., None]] = {
    "demo": demo.demo,
    "crawl": commands_run.crawl,
    "backfill": commands_backfill.backfill,
    "import": commands_keep.import_,
    "rebuild": commands_keep.rebuild,
    "learn": commands_learn.learn,
    "recluster": commands_recluster.recluster,
    "pull": commands_read.pull,
    "get": commands_read.get,
    "search": commands_read.search,
    "story": commands_read.story,
    "diff": commands_diff.diff,
    "clusters": commands_cluster.clusters,
    "lineage": commands_lineage.lineage,
    "wire": commands_lineage.wire,
    "gaps": commands_gaps.gaps,
    "sample": commands_coding.sample,
    "agree": commands_coding.agree,
    "expect": commands_expect.expect,
    "verify": commands_keep.verify,
    "audit": commands_audit.audit,
    "takedown": commands_takedown.takedown,
    "replay": commands_show.replay,
    "export": commands_show.export,
    "validate": commands_validate.validate,
    "schedule": commands_run.schedule,
    "runs": commands_run.runs,
    "cancel": commands_run.cancel,
}


def stoppable(command: Callable[..., None]) -> Callable[..., None]:
    """The command, ending as people expect when they press Ctrl-C or read no further."""

    @wraps(command)
    def stopped(*arguments: object, **given: object) -> None:
        try:
            command(*arguments, **given)
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read us has seen enough; nothing more may be written, not even at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as error:
            if error.filename is not None or error.errno not in FULL:
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise StorageError(f"the output cannot be written: {error.strerror or error}") from None
        except KeyboardInterrupt:
            note("astana: interrupted; what was written is whole")
            raise typer.Exit(INTERRUPTED) from None

    return stopped


def _short(command: Callable[..., None]) -> str:
    """The first clause of what a command says of itself."""
    return re.split(r"[.;:]", command.__doc__ or "")[0]


for verb, command in VERBS.items():
    app.command(verb, short_help=_short(command))(spread(stoppable(command)))
for verb, command in (
    ("list", commands_outlets.listed),
    ("show", commands_outlets.show),
    ("check", commands_outlets.check),
    ("unread", commands_outlets.unread),
    ("add", commands_outlets.add),
):
    outlets.command(verb, short_help=_short(command))(spread(stoppable(command)))
for verb, command in (
    ("show", commands_cluster.cluster),
    ("merge", commands_cluster.merge),
    ("split", commands_cluster.split),
    ("undo", commands_cluster.undo),
    ("decisions", commands_cluster.decisions),
):
    cluster.command(verb, short_help=_short(command))(spread(stoppable(command)))
app.add_typer(outlets, name="outlets")
app.add_typer(cluster, name="cluster")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"astana {version('astana-archive')}")
        raise typer.Exit


@app.callback()
def about(
    _: Annotated[
        bool, Option("--version", callback=_version, is_eager=True, expose_value=False, help="Which version this is.")
    ] = False,
) -> None:
    """Crawls, keeps and reads Arabic news on the Astana talks, provably, down to the bytes."""


@outlets.callback(invoke_without_command=True)
def list_outlets(context: Context, as_json: Annotated[bool, Option("--json", hidden=True)] = False) -> None:
    """Without a word after it, `outlets` lists them."""
    if context.invoked_subcommand is None:
        commands_outlets.listed(Where(), Form(as_json=as_json))


def run(arguments: Sequence[str]) -> int:
    """Do what the words say; returns the exit code. Expected trouble is one line on stderr."""
    try:
        app(list(arguments), prog_name="astana")
    except TakenDownError as error:
        note(f"astana: {error}")
        return REFUSED
    except ArchiveError as error:
        note(f"astana: {error}")
        return WRONG_USE if isinstance(error, UsageError) else BROKEN_WORLD
    except KeyboardInterrupt:
        note("astana: interrupted; nothing was begun")
        return INTERRUPTED
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def main() -> None:
    """The console script. What it says is UTF-8, whatever the machine's own letters are."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace" if stream is sys.stderr else "strict")
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
