from ocr.report.markup import joined, tag, visible_controls


def test_elements_escape_and_show_what_cannot_be_seen() -> None:
    assert tag("b", "<&>", title='"').text == '<b title="&quot;">&lt;&amp;&gt;</b>'
    assert tag("input", disabled=True, class_=None, data_x=0.5).text == '<input disabled data-x="0.5">'
    assert joined(["a", None, tag("i")]).text == "a<i></i>"
    assert visible_controls("а\u200bб\x00") == "а⟨U+200B⟩б⟨U+0000⟩"
    assert visible_controls("\udcff") == "\\udcff"
