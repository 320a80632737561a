"""Words of a line set against those of the text: which stand alone."""

import pytest

from ocr.alignment.pairing import Lone, lone_words

LINE = "сказалъ онъ и тихо вышелъ"


@pytest.mark.parametrize(
    ("read", "words", "lone"),
    [
        (LINE, LINE, Lone()),
        (LINE, LINE.replace("тихо", "поспѣшно"), Lone()),  # another word is a word all the same
        ("сказалонъ и тихо вышелъ", LINE, Lone()),  # two read as one
        ("ска залъ онъ и тихо вышелъ", LINE, Lone()),  # one read as two
        ("сказалъ онъ тихо вышелъ", LINE, Lone()),  # a short one not read
        ("сказалъ онъ ш тихо вышелъ", LINE.replace("и", "—"), Lone()),  # a sign read as a letter
        (LINE, LINE.replace("и ", ""), Lone(inside=True)),
        (LINE, LINE.replace("тихо ", ""), Lone(inside=True)),
        (LINE, LINE.replace("тихо", "тихо, какъ всегда,"), Lone(inside=True)),
        (f"я {LINE}", LINE, Lone(first=True)),
        (f"{LINE} да", LINE, Lone(last=True)),
        (f"{LINE} домой", LINE, Lone(inside=True)),  # no speck
        ("", "", Lone()),
        ("", "и", Lone(lost_first=True, lost_last=True)),
        ("1833½ квадр. саженями", "и 1833½ квадр. саженями", Lone(lost_first=True)),
        ("надворными строеніями", "надворными строеніями и", Lone(lost_last=True)),
        ("и", "", Lone(first=True, last=True)),
    ],
)
def test_words_that_stand_alone(read: str, words: str, lone: Lone) -> None:
    assert lone_words(read, words) == lone
