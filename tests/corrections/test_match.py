import pytest

from ocr.corrections.renew import renew
from ocr.errors import RecordError
from ocr.tei.names import q
from ocr.tei.tree import load
from ocr.tei.write import serialize, to_tei
from tests.corrections.test_renew import edit
from tests.tei.golden.pages import GOLDEN_PAGES


@pytest.mark.parametrize("what", ["facsimile", "surface", "zone"])
def test_a_record_whose_places_were_taken_out_is_not_doubled_but_refused(what: str) -> None:
    page = GOLDEN_PAGES["marks"]
    root = load(to_tei(page))
    assert edit(root, "correct", 1, "РУКА")
    place = next(e for e in root.iter(q(what)) if what != "zone" or e.get("type") == "line")
    parent = place.getparent()
    assert parent is not None
    parent.remove(place)
    with pytest.raises(RecordError, match="lost their places"):
        renew(serialize(root), page)
