"""`astana validate`: judge WARC files by the standard, wherever they lie; it opens no store."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

from typer import Argument, Exit

from archive.errors import UsageError
from archive.texts import to_line
from flows.options import Form


def validate(
    files: Annotated[list[Path], Argument(metavar="FILE…", help="WARC files, plain or gzipped.")],
    form: Form,
) -> None:
    """Judge WARC files by WARC 1.0 and 1.1: every breach with its place and paragraph. Warnings leave a file valid."""
    for file in files:
        if not file.is_file():
            raise UsageError(f"there is no file {file}")
    verdicts = [_judged(file, as_json=form.as_json) for file in files]
    if not all(verdicts):
        raise Exit(1)


def _judged(file: Path, *, as_json: bool) -> bool:
    from archive.warc.standard import validate as judge

    counted: Counter[str] = Counter()
    try:
        with file.open("rb") as stream:
            for found in judge(stream, file.name):
                counted[found.level] += 1
                if as_json:
                    place = {"file": str(file), "offset": found.offset, "record": found.record}
                    print(to_line({**place, "paragraph": found.paragraph, "level": found.level, "said": found.said}))
                else:
                    record = f" {found.record}" if found.record else ""
                    print(f"{file} at {found.offset}{record}: {found.level}: {found.said} ({found.paragraph})")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}") from None
    errors, warnings = counted["error"], counted["warning"]
    if as_json:
        print(to_line({"file": str(file), "valid": not errors, "errors": errors, "warnings": warnings}))
    else:
        print(f"{file}: {'invalid' if errors else 'valid'}, {errors} errors, {warnings} warnings")
    return not errors
