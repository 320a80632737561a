"""What a person says of a notebook once, for all its pages: notebook.toml in the folder of its scans."""

from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path

from ocr.errors import SettingsError, reason_of
from ocr.notation import from_toml
from ocr.settings import nearest_name

FILE = "notebook.toml"


@dataclass(frozen=True, slots=True)
class Notebook:
    """What stands in the file; what it does not say is empty. docs/transcriber.md tells the keys."""

    title: str = ""
    author: str = ""
    dates: str = ""
    """A date (1932, 1932-05, 1932-05-17), two joined by a slash, or words."""
    repository: str = ""
    """The archive or library."""
    fond: str = ""
    opis: str = ""
    delo: str = ""
    leaves: str = ""
    """Which leaves of the file these are: 1-24."""
    licence: str = ""
    """Under which the transcription may be used: words, or an address."""
    hands: tuple[str, ...] = ()
    """Who wrote, each in a few words."""
    note: str = ""
    hand: str = ""
    """Name of the one hand that wrote the text: folders that name the same are learnt together (--learn)."""

    def __bool__(self) -> bool:
        """Does it say anything?"""
        return self != Notebook()


def notebook_of(scan: Path) -> Notebook:
    """What holds for a scan: the file in its folder, else in the nearest folder above; else nothing.

    SettingsError when the file cannot be read, names a key that does not exist, or holds no text for one.
    """
    for folder in scan.absolute().parents:
        if (folder / FILE).is_file():
            return load_notebook(folder / FILE)
    return Notebook()


def load_notebook(path: Path) -> Notebook:
    """What a file says. SettingsError names the file and what is wrong in it."""
    try:
        content = from_toml(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {reason_of(error)}.") from error
    except ValueError as error:
        raise SettingsError(f"{path} is not TOML that can be read: {reason_of(error)}.") from error
    known = [field.name for field in fields(Notebook)]
    values: dict[str, str | tuple[str, ...]] = {}
    for key, value in content.items():
        if key not in known:
            raise SettingsError(f"{path}: there is no key {key!r}. {nearest_name(key, known)}")
        if key == "hands":
            hands = value if isinstance(value, list) else [value]
            values[key] = tuple(filter(None, (_text(hand, path, key) for hand in hands)))
        else:
            values[key] = _text(value, path, key)
    return replace(Notebook(), **values)  # type: ignore[arg-type]


def _text(value: object, path: Path, key: str) -> str:
    """A value as text: shelf marks and years are often written without quotation marks."""
    if isinstance(value, bool) or not isinstance(value, str | int | date):
        what = "a text, or a list of texts" if key == "hands" else "a text"
        raise SettingsError(f"{path}: {key!r} wants {what} in quotation marks, not {value!r}.")
    return " ".join(str(value).split())
