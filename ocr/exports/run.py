"""A folder of records exported: one group after another, and again only what changed since."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path, PurePosixPath

from ocr import __version__
from ocr.errors import OcrError, RecordError, SettingsError
from ocr.exports.formats import FORMATS
from ocr.exports.output import GroupOutput
from ocr.exports.pages import groups_of
from ocr.exports.reading import ExportSettings
from ocr.files import sha256_of
from ocr.locks import sole_run
from ocr.settings import nearest_name


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of one group, or of a page that is left out of it."""

    place: PurePosixPath
    error: OcrError | None = None
    """Why nothing was written; what lay there before is as it was."""
    is_current: bool = False
    """Nothing changed since it was written, so it was left as it is."""
    remark: str = ""
    """What its writer has to say of it: what was left out, what is missing."""


def export(
    paths: list[Path],
    name: str,
    folder: Path,
    settings: ExportSettings | None = None,
    scans: list[Path] | None = None,
) -> Iterator[Exported]:
    """Writes records (TEI files or folders of them) in the format of that name below a folder.

    Each file is whole or not written; a group whose record cannot be read or written is told, and the next
    follows. SettingsError for a format that is not known or two records of one place, RecordError when there
    is no record, OutputError when another run writes there, DependencyError when a library is not installed.
    """
    settings = settings or ExportSettings()
    known = FORMATS.get(name)
    if known is None:
        raise SettingsError(f"There is no format {name!r} to export to. {nearest_name(name, FORMATS)}")
    write = known.writer()
    groups = list(groups_of(paths, scans or [], known.unit))
    if not groups:
        raise RecordError(f"No .xml file in {', '.join(map(str, paths))}. Give TEI files, or their folder.")
    twice = [place for place, times in Counter(group.place for group in groups).items() if times > 1]
    if twice:
        raise SettingsError(f"Two of the folders given hold {twice[0]}; export them into two folders.")
    with sole_run(folder):
        for group in groups:
            try:
                origin = sha256_of(f"{name} {__version__} {astuple(settings)} {group.digest()}".encode())
                out = GroupOutput(folder, group.place, name, origin)
                if out.is_current():
                    yield Exported(group.place, is_current=True, remark=out.remark)
                    continue
                out.remark = ""
                write(group, settings, out)
                out.keep()
                yield from (Exported(place, error) for place, error in out.omitted)
            except OcrError as error:
                yield Exported(group.place, error)
            else:
                yield Exported(group.place, remark=out.remark)
