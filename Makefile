# `make run` and `make test` do all the set-up by themselves; see README.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOME_DIR := home

.PHONY: run test postgresql story long fuzz mutants setup bench lock clean

# Exit 3 of a night says that some platform was not believed: the report is written all the same, and says so.
run: setup
	@test -f $(HOME_DIR)/school.toml || $(BIN)/xunjian init $(HOME_DIR)
	@$(BIN)/xunjian --home $(HOME_DIR) night; night=$$?; \
	  case $$night in 0|3) $(BIN)/xunjian --home $(HOME_DIR) week || exit 1;; esac; exit $$night

test: setup
	@$(BIN)/pytest

# The same tests with every ledger on PostgreSQL; ARGS goes to pytest, e.g. ARGS="-n 2 tests/monitors".
postgresql: setup
	@$(BIN)/python tests/postgresql.py $(ARGS)

# Ten rehearsed weeks, with cases in every stage and people's answers; then open home-story/site/index.html.
story: setup
	@$(BIN)/python tests/story.py home-story

long: setup
	@$(BIN)/pytest -m long -n 2

# Inputs changed at random for XUNJIAN_FUZZ_MINUTES (480: a night); what breaks a promise is kept in build/fuzz.
fuzz: setup
	@$(BIN)/python tests/fuzz

# Small changes of the judge that no test notices. Needs a package index: the tool goes into build/.
mutants: setup
	@$(BIN)/python tests/mutants.py

setup: $(VENV)/ready
	@$(BIN)/python -m schedules.browser

# Made anew when the lock or the project file is newer than the environment.
$(VENV)/ready: requirements.lock pyproject.toml
	@sh schedules/environment.sh $(PYTHON) $(VENV)
	@touch $@

bench: setup
	@$(BIN)/python bench

# For maintainers: pin anew. Needs uv; the file names no package index.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --group dev --extra postgresql \
	  pyproject.toml -o requirements.lock --no-emit-index-url --no-header

clean:
	rm -rf $(VENV) build dist *.egg-info
