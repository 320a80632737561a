"""A run in shards: which pages are whose, without anybody asking, and one run.jsonl of them all."""

import os
import re
import secrets
import socket
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ocr.errors import SettingsError
from ocr.files import INVENTORY, place_in_walk, sha256_of, write_whole
from ocr.notation import object_from_json


@dataclass(frozen=True, slots=True)
class Shard:
    """One of so many shares of a run. A page stays in its shard whatever other pages there are."""

    number: int
    """Counted from 1."""
    of: int

    @property
    def name(self) -> str:
        """As it stands in names of files."""
        return f"{self.number}-of-{self.of}"

    def has(self, key: str) -> bool:
        """Is that ours? `key`: the place of a record below the output folder, or the name of a hand."""
        digest = sha256_of(unicodedata.normalize("NFC", key).encode("utf-8", "surrogatepass"))
        return int(digest[:16], 16) % self.of == self.number - 1


def parse_shard(asked: str) -> Shard:
    """I/N as a shard; SettingsError when it is none."""
    parts = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", asked.strip())
    shard = Shard(int(parts[1]), int(parts[2])) if parts else Shard(0, 0)
    if not 1 <= shard.number <= shard.of:
        raise SettingsError(
            f"--shard {asked} is none: give I/N, the number of this shard, from 1, and of all."
        )
    return shard


def part_inventory(output: Path, part: str) -> Path:
    """Where a part of a run tells what became of its sheets."""
    return output / f"run.{part}.jsonl"


def own_name() -> str:
    """A name for this run on this machine, as it can stand in names of files."""
    host = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in socket.gethostname())
    return f"{host[:60]}-{os.getpid()}-{secrets.token_hex(4)}"


def put_together(output: Path, part: Shard | str, paths: Sequence[Path], *, ended: bool) -> str:
    """Brings run.jsonl up to what this part told; returns what is to be known of it. `part`: a shard, or the
    name of a machine, which tells of all pages, if it `ended`; or nothing when the run was no part."""
    if isinstance(part, Shard):
        missing = merge(output, part.of, paths) if ended else 0
        remark = f"{INVENTORY} holds what {part.of - missing} of {part.of} shards told until now."
        return remark if missing else ""
    if part and ended:
        part_inventory(output, part).replace(output / INVENTORY)
    elif part:
        part_inventory(output, part).unlink(missing_ok=True)
    return ""


def merge(output: Path, of: int, paths: Sequence[Path]) -> int:
    """Writes run.jsonl anew from what the shards have told until now; returns how many shards are missing.

    The rows stand as a run of one machine over `paths` has them: sheets in order, then hands in natural
    order of their names. Shards that end at the same time leave the rows of both: whoever writes last has
    read what the others wrote before. OutputError when it cannot be written.
    """
    while True:
        parts = _parts(output, of)
        rows: dict[tuple[str, int | str], tuple[tuple[object, ...], bytes]] = {}
        for line in b"".join(parts.values()).splitlines(keepends=True):
            _add(rows, line, paths)
        ordered = [row for _, row in sorted(rows.values(), key=lambda placed: placed[0])]
        write_whole(output / INVENTORY, b"".join(ordered))
        if _parts(output, of) == parts:
            return of - len(parts)


def _parts(output: Path, of: int) -> dict[int, bytes]:
    """What the shards wrote, by their numbers."""
    name = re.compile(rf"run\.([0-9]+)-of-{of}\.jsonl")
    numbers = {int(match[1]): file for file in output.iterdir() if (match := name.fullmatch(file.name))}
    return {number: numbers[number].read_bytes() for number in sorted(numbers)}


def _add(
    rows: dict[tuple[str, int | str], tuple[tuple[object, ...], bytes]], line: bytes, paths: Sequence[Path]
) -> None:
    """Puts a row among the others; of one sheet the last stands. What is no row of ours is left out, as the
    end of a line that is being written."""
    try:
        row = object_from_json(line)
        if "hand" in row:
            hand = str(row["hand"])
            rows["", hand] = ((1, place_in_walk(Path(hand)), 0), line)
            return
        scan, sheet = str(row["scan"]), int(row["sheet"])
    except (ValueError, TypeError, KeyError):
        return
    root = next((number for number, path in enumerate(paths) if Path(scan).is_relative_to(path)), len(paths))
    rows[scan, sheet] = ((0, root, place_in_walk(Path(scan)), sheet), line)
