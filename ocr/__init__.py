"""tetradi: reads scans of Russian manuscripts and gives back TEI-XML.

    import ocr

    page = ocr.read_image("scan.jpg")
    rows = ocr.words(page)
    open("scan.xml", "wb").write(ocr.to_tei(page))
    print(ocr.cer("что было", ocr.to_text(page)).rate)

Each name is loaded when it is first used: `import ocr` itself loads no library. docs/python.md is the guide.
"""

import os
from importlib import import_module

TYPE_CHECKING = False  # as typing has it, which takes as long to load as all the rest
if TYPE_CHECKING:
    from ocr.door import cer as cer
    from ocr.door import compare as compare
    from ocr.door import compare_files as compare_files
    from ocr.door import read_image as read_image
    from ocr.door import read_tei as read_tei
    from ocr.door import wer as wer
    from ocr.errors import OcrError as OcrError
    from ocr.page import Page as Page
    from ocr.recipe import Recipe as Recipe
    from ocr.tei.plain import to_text as to_text
    from ocr.tei.write import to_tei as to_tei
    from ocr.word_table import WordRow as WordRow
    from ocr.word_table import words as words

__version__ = "0.1.0"

_HOMES = {
    "OcrError": "ocr.errors",
    "Page": "ocr.page",
    "Recipe": "ocr.recipe",
    "WordRow": "ocr.word_table",
    "cer": "ocr.door",
    "compare": "ocr.door",
    "compare_files": "ocr.door",
    "read_image": "ocr.door",
    "read_tei": "ocr.door",
    "to_tei": "ocr.tei.write",
    "to_text": "ocr.tei.plain",
    "wer": "ocr.door",
    "words": "ocr.word_table",
}
__all__ = ["__version__", *_HOMES]  # noqa: PLE0604  the keys are strings

# onnxruntime reports to its maker since 1.29 (docs/decisions/0004). Archives' scans are nobody's business;
# it looks at its environment when it is first imported, so this stands before everything else.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'ocr' has no attribute {name!r}; it offers {', '.join(_HOMES)}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
