"""The command `ocr review`: opens the reviewer's desk."""

from pathlib import Path
from typing import Annotated

import typer

from ocr.errors import DependencyError


def review(
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="Folder with TEI files to correct.")],
    scans: Annotated[
        list[Path] | None,
        typer.Option("--scans", metavar="DIR", help="Folder with their scans; else 'scans' beside OUTPUT."),
    ] = None,
    other: Annotated[
        list[Path] | None,
        typer.Option("--other", metavar="DIR", help="Another transcription of the same pages, to compare."),
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who corrects; else your user name.")] = None,
    host: Annotated[
        str, typer.Option(help="Address to open the desk at; other than this machine's own asks for a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0: any that is free.")] = 8642,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
) -> None:
    """Correct pages in the browser, with the scan before your eyes. Ctrl-C closes the desk.
    \f
    DependencyError when its libraries are not installed.
    """
    try:
        from ocr.review.serve import Opening, open_desk
    except ModuleNotFoundError as error:
        if error.name not in {"starlette", "uvicorn"}:
            raise
        raise DependencyError(
            f"The desk needs {error.name}, which is not installed. Run: pip install 'tetradi[review]'"
        ) from error
    opening = Opening(host, port, not no_browser, by)
    open_desk(
        output, tuple(scans or ()), tuple(other or ()), opening, lambda text: typer.echo(text, err=True)
    )
