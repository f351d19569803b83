.PHONY: help run test lint bench clean

help: ## show this list
	@sed -n 's/^\([a-z]*\): ## /make \1\t/p' Makefile

run: ## open the window on the built-in PBX simulator (without a display: heartbeats in the terminal)
	@sh packaging/setup.sh run
	@sh packaging/run.sh

test: ## run every check and every test
	@sh packaging/setup.sh test
	@sh packaging/test.sh

lint: ## run the quick checks and put the code in order
	@sh packaging/setup.sh test
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench: ## measure start-up, heartbeat and commands against their bare peers
	@sh packaging/setup.sh test
	@.venv/bin/python bench/startup.py
	@.venv/bin/python bench/heartbeat.py
	@.venv/bin/python bench/command.py

clean: ## remove everything that the other commands have made
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests bench packaging -name __pycache__ -prune -exec rm -rf {} +
