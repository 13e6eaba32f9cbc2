"""Other people's near-duplicate finders over files of texts; score.py runs it in an environment of its own.

    PEERS/bin/python benchmarks/copies/peers.py TEXTS.jsonl [TEXTS.jsonl …]

A file holds a JSON object a line: id, text. Prints a JSON line for each finder and file: what it is, which file, the
pairs it names (datasketch), the groups it makes, CPU seconds of it and its children.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from datasketch import MinHash, MinHashLSH

SHINGLE = 5  # words
PERMUTATIONS = 128
Texts = dict[str, str]
Found = tuple[list[tuple[str, str]], list[list[str]]]


def spent() -> float:
    """CPU seconds of this process and of its children that ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def datasketch(threshold: float) -> Callable[[Texts], Found]:
    """MinHash of word shingles and an LSH index, as its documentation shows: what the index answers counts."""

    def find(texts: Texts) -> Found:
        index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
        pairs = []
        for name, text in texts.items():
            words = text.split()
            signature = MinHash(num_perm=PERMUTATIONS)
            starts = range(max(1, len(words) - SHINGLE + 1))
            signature.update_batch([" ".join(words[at : at + SHINGLE]).encode() for at in starts])
            pairs += [(other, name) for other in index.query(signature)]
            index.insert(name, signature)
        return pairs, []

    return find


def text_dedup(module: str, *options: str) -> Callable[[Texts], Found]:
    """The command of text-dedup with its own settings; the groups are its union-find's."""

    def find(texts: Texts) -> Found:
        with tempfile.TemporaryDirectory() as temp:
            data, out = Path(temp, "texts.jsonl"), Path(temp, "out")
            long = {
                name: text for name, text in texts.items() if len(text.split()) >= SHINGLE
            }  # its simhash fails else
            data.write_text("".join(json.dumps({"text": text}) + "\n" for text in long.values()), "utf-8")
            given = ("--path", "json", "--data_files", str(data), "--split", "train", "--column", "text")
            kept = ("--output", str(out), "--cache_dir", temp, "--debug", "--num_proc", "1")
            env = os.environ | {"HF_HOME": temp, "HF_HUB_OFFLINE": "1"}
            command = [sys.executable, "-m", f"text_dedup.{module}", *given, *kept, *options]
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.stderr.write(done.stderr[-2000:])
                return [], []
            with (out / "uf.pkl").open("rb") as file:
                made = pickle.load(file)
        groups = defaultdict(list)
        for number, name in enumerate(long):
            groups[made.find(number)].append(name)
        return [], [group for group in groups.values() if len(group) > 1]

    return find


FINDERS: dict[str, Callable[[Texts], Found]] = {
    "datasketch LSH .5": datasketch(0.5),
    "datasketch LSH .7": datasketch(0.7),
    "text-dedup minhash (.7)": text_dedup("minhash"),
    "text-dedup simhash (3 of 64 bits)": text_dedup("simhash"),
}


def lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def main() -> None:
    for name in sys.argv[1:]:
        texts = {row["id"]: row["text"] for row in lines(Path(name))}
        for finder, find in FINDERS.items():
            before = spent()
            pairs, groups = find(texts)
            said = {"name": finder, "file": name, "pairs": pairs, "groups": groups, "seconds": spent() - before}
            print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
