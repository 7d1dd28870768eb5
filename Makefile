# CityDesk · 城市值班台.  `make demo` and `make test` do all the set-up themselves.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
DEMO   := CITYDESK_HOME=$(CURDIR)/.demo
BOSTON := $(firstword $(wildcard ../shared/data/boston311/311_service_requests_*.csv.gz))

.PHONY: setup demo test check fmt eval bench run clean

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "CityDesk needs Python 3.11 or newer; try: make PYTHON=python3.11 setup")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,knowledge,voices]'
	@touch $@

demo: setup  ## make the sample city and ask it the question this project exists for
	@$(DEMO) $(BIN)/citydesk demo

run: setup  ## talk to the sample city
	@$(DEMO) $(BIN)/citydesk demo --quiet
	@$(DEMO) $(BIN)/citydesk chat

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check  ## everything a change must pass
	$(BIN)/python -m pytest

fmt: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

eval: setup  ## question suites: right, wrong, clarified, by slice (Boston's where its export lies in ../shared/data)
	@$(DEMO) $(BIN)/citydesk demo --quiet
	@for export in $(BOSTON); do $(DEMO) $(BIN)/citydesk feed load examples/boston311/feed.yml --file $$export; done
	@for city in $(notdir $(wildcard evals/cities/*)); do $(BIN)/python evals/cities/$$city/generate.py && \
	  $(DEMO) $(BIN)/citydesk feed load $$(ls evals/cities/$$city/*feed.yml | sort -r); done
	@$(DEMO) $(BIN)/citydesk city use lanchuan
	@$(DEMO) $(BIN)/citydesk eval

bench: setup  ## every speed and memory claim, measured here and now
	@failed=0; for part in benchmarks benchmarks.ledger; do $(BIN)/python -m $$part || failed=1; done; exit $$failed

clean:
	rm -rf .demo .bench .mypy_cache .pytest_cache .ruff_cache .hypothesis
