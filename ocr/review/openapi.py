"""The OpenAPI description of the desk."""


def description() -> dict[str, object]:
    """The description as a value."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "tetradi: the reviewer's desk", "version": "1"},
        "paths": {},
    }
