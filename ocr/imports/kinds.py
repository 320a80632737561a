"""What others call a region or a line: types of PAGE, tags of Transkribus, zones and lines of SegmOnto."""

import re

from ocr.page import Kind

_KINDS = {
    Kind.TEXT: "text paragraph default defaultline mainzone textzone textregion other floating",
    Kind.HEADING: "heading subheading title maintitle headingline titlezone",
    Kind.MARGIN: "margin marginalia marginnote margintext margintextzone marginaltext",
    Kind.NUMBER: "number pagenumber numberingzone folio foliation",
    Kind.INSERTION: "insertion interlinear interlinearline addition",
    Kind.STRUCK: "struck struckline deleted",
}
_BY_NAME = {name: kind for kind, names in _KINDS.items() for name in names.split()}
_NOT_IN_NAME = re.compile(r"[\W_]+")


def kind_of(label: str) -> Kind | None:
    """The kind of a label such as page-number or MarginTextZone:note; None when it is none of ours."""
    return _BY_NAME.get(_NOT_IN_NAME.sub("", label.partition(":")[0].partition("#")[0].lower()))
