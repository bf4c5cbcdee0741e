# Préau : tout ce qui se lance d'ici. « make » seul affiche cette aide.
.DEFAULT_GOAL := help
.PHONY: help demo setup test check format bench lock

BIN := .venv/bin
# The checks only need settings that load: the demonstration's, away from its data.
CHECKING := PREAU_DEMO=1 PREAU_VAR=build/check

help: ## affiche cette aide
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

TOWN := villejuif
PORT := 8000

demo: .venv/base.stamp ## installe Préau et ouvre une ville de démonstration (TOWN=villepreux, vigneux ou villennes ; PORT=8100)
	@$(BIN)/preau demo --town $(TOWN) --port $(PORT)

setup: .venv/dev.stamp ## installe de quoi développer (sans rien lancer)

# Format, lint, types, imports, templates, migrations; then pytest on SQLite (unit tests and browser journeys), then on
# PostgreSQL (those that open the database, but for journeys: they try the pages, and the two differ below them).
test: .venv/dev.stamp ## vérifie tout : style, types, tests sur SQLite et PostgreSQL, parcours au navigateur
	@sh scripts/system_packages.sh
	@$(BIN)/python scripts/run_tests.py

check: .venv/dev.stamp ## vérifie le style, les types, les imports, les gabarits et les migrations (sans les tests)
	@$(MAKE) --no-print-directory --keep-going --jobs=2 --output-sync=target $(CHECKS)

# One target for each tool, so that one run tells everything that is wrong.
CHECKS := check-format check-lint check-types check-imports check-templates check-migrations
.PHONY: $(CHECKS)

check-format:
	$(BIN)/ruff format --check --output-format=concise

check-lint:
	$(BIN)/ruff check --output-format=concise

check-types:
	$(CHECKING) $(BIN)/mypy
	$(CHECKING) $(BIN)/mypy scripts

check-imports:
	$(BIN)/lint-imports --no-logo

check-templates:
	find preau -name '*.html' -print0 | xargs -0 --no-run-if-empty $(BIN)/djade --check --target-version 5.2
	$(BIN)/djlint --lint --quiet preau

check-migrations:
	$(CHECKING) $(BIN)/preau makemigrations --check --dry-run

format: .venv/dev.stamp ## met le code et les gabarits en forme
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	-find preau -name '*.html' -print0 | xargs -0 --no-run-if-empty $(BIN)/djade --target-version 5.2

bench: .venv/dev.stamp ## mesure les temps de réponse (tableau, et build/bench.json)
	@sh scripts/system_packages.sh
	@$(BIN)/python scripts/private_postgres.py -- $(BIN)/python -m bench

LOCK := $(BIN)/uv --no-config pip compile --upgrade --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --custom-compile-command "make lock" pyproject.toml --extra build

lock: ## recalcule requirements/*.txt d'après pyproject.toml
	$(LOCK) --output-file requirements/base.txt
	$(LOCK) --extra dev --constraints requirements/base.txt --output-file requirements/dev.txt

.venv/%.stamp: requirements/%.txt pyproject.toml scripts/install.sh
	@sh scripts/install.sh $*
	@touch $@
