"""python -m ocr."""

from ocr.cli.app import main

if __name__ == "__main__":
    main()
