"""Small exports as other programs make them, with their scans."""

from pathlib import Path

from PIL import Image

PAGE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15"


def scan(path: Path, size: tuple[int, int] = (1000, 1400)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", size, 240).save(path)
    return path


def page(
    *lines: str,
    image: str = "0001.png",
    size: tuple[int, int] = (1000, 1400),
    status: str = "",
    regions: str = "",
    custom: str = "",
) -> bytes:
    """A page as Transkribus exports it; a line for each text, going down the page."""
    rows = "".join(
        f'<TextLine id="l{n}" custom="readingOrder {{index:{n};}} {custom}">'
        f'<Coords points="100,{100 + 60 * n} 900,{100 + 60 * n} 900,{150 + 60 * n} 100,{150 + 60 * n}"/>'
        f'<Baseline points="100,{140 + 60 * n} 500,{142 + 60 * n} 900,{141 + 60 * n}"/>'
        f"<TextEquiv><Unicode>{text}</Unicode></TextEquiv></TextLine>"
        for n, text in enumerate(lines)
    )
    told = f'<TranskribusMetadata docId="1" pageId="2" pageNr="1" status="{status}"/>' if status else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><PcGts xmlns="{PAGE}"><Metadata>'
        f"<Creator>Another program 2.1</Creator><Created>2020-01-01T00:00:00</Created>"
        f"<LastChange>2020-01-01T00:00:00</LastChange>{told}</Metadata>"
        f'<Page imageFilename="{image}" imageWidth="{size[0]}" imageHeight="{size[1]}">{regions}'
        f'<TextRegion id="r1" type="paragraph"><Coords points="90,90 910,90 910,1300 90,1300"/>{rows}'
        "</TextRegion></Page></PcGts>"
    ).encode()


def export(folder: Path, *names: str, status: str = "GT") -> Path:
    """An export with METS, scans and a folder of pages."""
    (folder / "page").mkdir(parents=True)
    (folder / "mets.xml").write_text('<mets xmlns="http://www.loc.gov/METS/"/>', "utf-8")
    for name in names:
        scan(folder / f"{name}.png")
        text = page("Старый конь", "борозды не портит", image=f"{name}.png", status=status)
        (folder / "page" / f"{name}.xml").write_bytes(text)
    return folder
