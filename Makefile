# `make run` and `make test` need Python 3.11 or newer and nothing else. `make help` lists the rest.

PYTHON ?= python3
BIN := .venv/bin
TESTS ?= tests
WORKERS ?= auto

# Without compiled files each process starts more than a second later.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test bars check fmt bench screenshots css js lock clean ready ready-dev

help: ## What can be made here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/' | expand -t 22

ready:
	@$(PYTHON) loyalty_saas/bootstrap.py run

ready-dev:
	@$(PYTHON) loyalty_saas/bootstrap.py dev

run: ready ## Start everything on this machine (PORT=8000, DATA_DIR=.data); Ctrl-C stops it
	@exec $(BIN)/python -m loyalty_saas.launcher

test: ready-dev ## Run every test (TESTS=tests/…, ARGS=…)
	@$(BIN)/python -m loyalty_saas.assets --collect
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(TESTS) $(ARGS)

bars: ready-dev ## The tests of what must never happen, at their full size (about half an hour)
	@$(BIN)/python -m loyalty_saas.assets --collect
	@LEDGER_SEQUENCES=1000 RUSH_REDEMPTIONS=10000 CRASHES=10 POOLER_TURNS=625 \
	  API_IDEMPOTENCY_KEYS=500 API_IDEMPOTENCY_TRIES=16 API_FUZZ_EXAMPLES=100 NONSENSE=6000 \
	  $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --durations 10 \
	  --hypothesis-profile=search $(ARGS) \
	  tests/programs/domain/test_ledger_machine.py tests/programs/api/test_rush.py tests/programs/api/test_crashes.py \
	  tests/tenants/api/test_idempotency.py tests/tenants/api/test_schemathesis.py \
	  tests/tenants/test_pooler.py tests/tenants/test_probes.py tests/tenants/test_nonsense.py

check: ready-dev ## Lint, types, layers, templates, migrations and the deployment check
	@$(BIN)/python -m loyalty_saas.assets
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	SITE_URL=https://app.example.com ALLOWED_HOSTS=app.example.com TRUSTED_PROXIES=1 \
	  SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(50))") \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING

fmt: ready-dev ## Format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

bench: ready-dev ## Print the table of measurements
	$(BIN)/python -m bench $(ARGS)

screenshots: ready-dev ## Take the pictures of the pages, wide and narrow, light and dark
	$(BIN)/python -m tests.screenshots $(ARGS)

css: ready ## Build the stylesheet once (make css WATCH=1: again at every change)
	$(BIN)/python -m loyalty_saas.assets $(if $(WATCH),--watch)

js: ready ## Fetch what the counter's scanner needs where the browser has no reader of its own (needs node)
	$(BIN)/python -m loyalty_saas.packages

lock: ready-dev ## Write the lock files anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

clean: ## Remove what was built (not the data in .data)
	rm -rf .venv build .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
