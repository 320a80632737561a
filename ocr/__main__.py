"""python -m ocr."""

from ocr.cli import main

if __name__ == "__main__":
    main()
