import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.review.desks import Set, set_up


@pytest.fixture
def desk(tmp_path: Path) -> Set:
    return set_up(tmp_path)


def test_a_page_tells_lines_and_words(desk: Set) -> None:
    answer = desk.client.get(f"/api/pages/{desk.first()}")
    page = answer.json()
    assert answer.headers["etag"] == page["etag"]
    assert (page["state"], page["scan"]["missing"], page["read_only"]) == ("draft", False, False)
    first = page["lines"][0]
    assert first["machine"] == "Въ исходѣ года отставному учителю"
    assert [token["text"] for token in first["tokens"]] == first["machine"].split()
    assert first["tokens"][3]["cert"] == 0.45
    assert first["state"] == "draft"
    kept = desk.client.get(f"/api/pages/{desk.first()}", headers={"If-None-Match": page["etag"]})
    assert kept.status_code == 304


def test_words_lie_on_their_line_in_the_strip(desk: Set) -> None:
    line = desk.client.get(f"/api/pages/{desk.first()}").json()["lines"][0]
    a, b, c, d, e, f = line["strip"]["to"]
    left, top, right, bottom = line["tokens"][0]["box"]
    corners = [(a * x + b * y + c, d * x + e * y + f) for x, y in ((left, top), (right, bottom))]
    assert all(0 <= x <= line["strip"]["width"] and 0 <= y <= line["strip"]["height"] for x, y in corners)
    answer = desk.client.get(f"/strips/{desk.first()}/{line['id']}.jpg?h={line['strip']['height']}")
    strip = np.asarray(Image.open(io.BytesIO(answer.content)))
    assert strip.shape[:2] == (line["strip"]["height"], line["strip"]["width"])
    inside = strip[int(corners[0][1]) : int(corners[1][1]), int(corners[0][0]) : int(corners[1][0])]
    assert inside.min() < 100 < strip[0].min()
