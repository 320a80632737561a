from dataclasses import replace

from ocr.corrections.renew import renew
from ocr.page import Hand
from ocr.tei.parse import parse_tei
from ocr.tei.tree import load
from ocr.tei.write import serialize, to_tei
from tests.corrections.test_renew import edit
from tests.tei.golden.pages import GOLDEN_PAGES


def test_new_regions_tell_who_wrote_them() -> None:
    """Of another ink, say: what they point to stands in the header."""
    page = GOLDEN_PAGES["marks"]
    hand = Hand("ink-red", "red ink", (200, 0, 0))
    regions = tuple(replace(r, hand=hand.ident) for r in page.surfaces[0].regions)
    other = replace(
        page, surfaces=(replace(page.surfaces[0], regions=regions), *page.surfaces[1:]), hands=(hand,)
    )
    root = load(to_tei(replace(page, surfaces=(replace(page.surfaces[0], regions=()), *page.surfaces[1:]))))
    assert edit(root, "header", 0, "РУКА")
    once = renew(serialize(root), other)
    assert [r.hand for s in parse_tei(once).surfaces for r in s.regions] == [hand.ident] * len(regions)
    assert parse_tei(once).hands == (hand,)
