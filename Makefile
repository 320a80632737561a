# Two commands do everything: `make transcribe` (the main job) and `make test`.
# Both install what is missing and are quick when nothing is.

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OCR := $(BIN)/ocr
SCANS ?= scans
OUTPUT ?= output
TRUTH ?= ground_truth

.PHONY: help transcribe test test-all test-left-out lint types tests audit format clean
.PHONY: setup setup-test setup-train tesseract pdf-tools

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

transcribe: setup ## read scans/ into output/, score against ground_truth/
	@code=0; $(OCR) transcribe $(SCANS) -o $(OUTPUT) --format tei,txt --explain || code=$$?; \
	if [ -n "$$(find $(TRUTH) \( -name '*.txt' -o -name '*.xml' \) -print -quit 2>/dev/null)" ]; then \
	  $(OCR) evaluate $(TRUTH) $(OUTPUT) --allow-missing || code=$$?; \
	else echo "No transcriptions in $(TRUTH)/, so nothing is scored."; fi; \
	echo "TEI is in $(OUTPUT)/ (NAME.xml), plain text beside it (NAME.txt), what was found on the scan in NAME.explain.jpg."; \
	exit $$code

test: setup-test lint types tests ## format check, lint, types, tests; it says which tests are left out

test-all: setup-train test ## the same with every extra: nothing is left out that this machine can run

test-left-out: ## only what the last `make test` left out for want of an extra
	@if grep -q tests/ .pytest_cache/v/tetradi/left_out; then \
	  $(MAKE) --no-print-directory setup-train && $(BIN)/pytest -q -n 2 --left-out; fi

lint:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types:
	$(BIN)/mypy

tests:
	$(BIN)/pytest -q -n 2

audit: setup ## known holes of the installed libraries (asks the network; not part of `make test`)
	$(PYTHON) -m venv $(VENV)/audit && $(VENV)/audit/bin/pip install -q pip-audit
	$(BIN)/python bench/audit.py $(BIN)/python $(VENV)/audit/bin/pip-audit

format: setup-test ## put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove the virtual environment
	rm -rf $(VENV)

setup: tesseract $(VENV)/.ready
setup-test: setup pdf-tools $(VENV)/.ready-test
setup-train: setup $(VENV)/.ready-train

# Tesseract and its Russian model: through apt or brew, asking for nothing.
tesseract:
	@if tesseract --list-langs 2>/dev/null | grep -qx rus; then exit 0; fi; \
	echo "Installing Tesseract and its Russian model"; \
	if command -v apt-get >/dev/null; then \
	  sudo=; if [ "$$(id -u)" != 0 ]; then \
	    if ! sudo -n true 2>/dev/null; then \
	      echo "Run this once, then make again: sudo apt-get install tesseract-ocr tesseract-ocr-rus" >&2; exit 3; fi; \
	    sudo="sudo -n"; fi; \
	  apt="$$sudo env DEBIAN_FRONTEND=noninteractive apt-get"; \
	  $$apt update -qq; $$apt install -y -qq tesseract-ocr tesseract-ocr-rus python3-venv >/dev/null; \
	elif command -v brew >/dev/null; then brew install --quiet tesseract tesseract-lang; \
	else echo "Install Tesseract and its Russian model (rus) by your system's means, then make again." >&2; exit 3; fi

# What checks the PDF files that are written; where it cannot be installed, those tests are left out.
pdf-tools:
	@if command -v qpdf >/dev/null && command -v pdftotext >/dev/null; then exit 0; fi; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo="sudo -n"; fi; \
	if command -v apt-get >/dev/null && $$sudo true 2>/dev/null; then \
	  echo "Installing qpdf and poppler-utils, for tests"; \
	  apt="$$sudo env DEBIAN_FRONTEND=noninteractive apt-get"; \
	  $$apt update -qq && $$apt install -y -qq qpdf poppler-utils >/dev/null || true; \
	elif command -v brew >/dev/null; then brew install --quiet qpdf poppler || true; fi

$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12 transcribe" >&2; exit 3; }
	@echo "Setting up $(VENV)"
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --upgrade 'pip>=25.1'
	@$(BIN)/pip install --quiet --editable '.[review]'
	@touch $@

$(VENV)/.ready-test: $(VENV)/.ready
	@$(BIN)/pip install --quiet --group dev
	@touch $@

# One version of torch, so that everybody tests the same; where pip knows a build without CUDA, that one.
$(VENV)/.ready-train: $(VENV)/.ready-test
	@echo "Installing torch, which is large, and the other extras"
	@$(BIN)/pip install --quiet 'torch==2.13.0'
	@$(BIN)/pip install --quiet --editable '.[review,train,heic,office,pdf]'
	@$(BIN)/pip install --quiet --no-deps 'rapidocr==3.10.0' # the net that training begins from
	@touch $@
