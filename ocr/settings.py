"""What settings say of themselves beside their type."""

from typing import NamedTuple


class Between(NamedTuple):
    """The range a number may be set in, both ends included; stands in Annotated[...] beside the setting."""

    low: float
    high: float
