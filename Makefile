# Two commands are enough: `make demo` and `make test`.  Everything lives in .venv.

PYTHON ?= python3
PORT ?= 8787
SERVE ?= 1
VENV := .venv
BIN := $(VENV)/bin
SYSTEM := packaging/system-packages

# The gate and its terms: every line and branch of them is run by their own tests.  Measuring that
# of everything else as well makes the whole twice as slow: `make coverage`.
HEART := tests/gate tests/terms
WHOLE := --cov=tactful.gate --cov=tactful.terms --cov-report=term:skip-covered --cov-fail-under=100

.PHONY: demo test check coverage bench mutants docs-pictures clean locks

demo: $(VENV)/runtime.stamp
	$(BIN)/tactful demo --port $(PORT) $(if $(DATA),--data "$(DATA)") $(if $(filter 0,$(SERVE)),--no-serve)

test: $(VENV)/dev.stamp check
	sh $(SYSTEM) chromium
	sh $(SYSTEM) node
	sh $(SYSTEM) postgres
	$(BIN)/pytest -n 2 $(HEART) $(WHOLE)
	$(BIN)/pytest -n 2 tests $(HEART:%=--ignore=%)

coverage: $(VENV)/dev.stamp
	$(BIN)/pytest -n 2 --cov --cov-report=term:skip-covered

check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src
	$(BIN)/interrogate -q tests

# Of a demonstration that is being served: `make demo` in another window.
docs-pictures: $(VENV)/dev.stamp
	$(BIN)/python docs/pictures/make_screenshots.py --url http://127.0.0.1:$(PORT)

bench: $(VENV)/dev.stamp
	$(BIN)/python -m benchmarks

mutants: $(VENV)/dev.stamp
	$(BIN)/mutmut run --max-children 2
	$(BIN)/mutmut results

$(VENV)/bin/python:
	sh $(SYSTEM) python $(PYTHON)
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime.stamp: $(VENV)/bin/python requirements/runtime.lock pyproject.toml
	@test -f $(VENV)/dev.stamp || $(BIN)/pip install --disable-pip-version-check -q --require-hashes -r requirements/runtime.lock
	$(BIN)/pip install --disable-pip-version-check -q --no-deps -e .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/bin/python requirements/dev.lock pyproject.toml
	$(BIN)/pip install --disable-pip-version-check -q --require-hashes -r requirements/dev.lock
	$(BIN)/pip install --disable-pip-version-check -q --no-deps -e .
	@touch $@

locks:
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-strip-extras pyproject.toml -o requirements/runtime.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-strip-extras --extra dev pyproject.toml -o requirements/dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage demo-shop benchmarks/results mutants build/clients
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
