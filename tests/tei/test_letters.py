from ocr.tei.view import view

RECORD = """<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader/><text><body><ab>
<lb n="1"/><w cert="0.2">вни<choice><unclear reason="ocr_letter" cert="0.4">с</unclear><unclear
reason="ocr_letter" cert="0.3">ш</unclear><unclear reason="ocr_letter" cert="0.5">м</unclear></choice>и</w
><pc>,</pc>
</ab></body></text></TEI>"""


def test_letters_in_doubt_give_other_readings_of_the_word_likeliest_first() -> None:
    token = view(RECORD.encode()).lines[0].tokens[0]
    assert token.text == "вниси,"
    assert [rival.text for rival in token.rivals] == ["вними,", "вниши,"]
