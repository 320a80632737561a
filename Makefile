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

.PHONY: transcribe test setup setup-test lint types tests format clean help

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

transcribe: setup ## read scans/ into output/, score against ground_truth/
	@bench/transcribe_folder.sh "$(OCR)" "$(SCANS)" "$(OUTPUT)" "$(TRUTH)"

test: setup-test lint types tests ## format check, lint, types, all tests

lint:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types:
	$(BIN)/mypy

tests:
	$(BIN)/pytest -q -n 2

format: setup-test ## put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

setup: .venv/.ready
setup-test: .venv/.ready-test

clean: ## remove the virtual environment
	rm -rf $(VENV)
