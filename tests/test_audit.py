"""Holes of libraries: what was asked, what was answered, and that silence is no answer."""

from bench.audit import judged, pinned

WANTED = pinned([("lxml", "6.1.0"), ("tetradi", "0.1.0"), ("torch", "2.13.0+cpu")])


def test_the_list_is_what_is_installed_without_ourselves_and_labels_of_builds() -> None:
    assert WANTED == ["lxml==6.1.0", "torch==2.13.0"]
    assert pinned([("ast_Grep", "2")]) == ["ast-grep==2"]


def answered(name: str, *holes: str) -> dict[str, object]:
    return {"name": name, "version": "1", "vulns": [{"id": hole, "fix_versions": ["2"]} for hole in holes]}


def test_all_asked_and_no_hole_is_well() -> None:
    assert judged(WANTED, {"dependencies": [answered("lxml"), answered("torch")]}) == (
        0,
        ["2 libraries, no known hole."],
    )


def test_a_hole_is_told_with_the_version_that_mends_it() -> None:
    code, sentences = judged(WANTED, {"dependencies": [answered("lxml", "PYSEC-1"), answered("torch")]})
    assert (code, sentences) == (1, ["lxml 1: PYSEC-1, mended in 2"])


def test_what_could_not_be_asked_is_no_good_news() -> None:
    """As pip-audit answers without a network: all skipped, nothing vulnerable, exit code 0."""
    skipped = {"name": "torch", "skip_reason": "Dependency not found on PyPI: torch (2.13.0)"}
    for dependencies in ([answered("lxml"), skipped], [answered("lxml")]):
        code, sentences = judged(WANTED, {"dependencies": dependencies})
        assert code == 3
        assert "could not be asked about 1 of 2 libraries" in sentences[-1]
        assert "torch==2.13.0" in sentences[-1]
    assert judged(WANTED, {})[0] == 3
