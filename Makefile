# Two commands matter: `make run` and `make test`. `make help` lists the others.
# Settings come from the environment or .env (see .env.example): PORT=4000 make run

export PATH := $(CURDIR)/.venv/bin:$(PATH)
.DEFAULT_GOAL := help
.PHONY: help setup run dev demo test lint race bench bench-live bench-http bench-pages clean

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

setup: # a virtual environment with everything in requirements.txt
	@scripts/setup

run: export APP_ENV := demo
run: setup ## open the demo clinic on this machine
	@python -m appointment_app.manage demo --if-empty
	@python -m appointment_app.serve

dev: setup ## the same with hot reload
	@python -m appointment_app.manage demo --if-empty
	@python -m appointment_app.manage logins
	@reflex run

demo: export APP_ENV := demo
demo: setup ## throw the demo clinic's data away and load them anew
	@python -m appointment_app.manage demo

test: setup ## all tests, in a real browser too
	@scripts/find_chromium >/dev/null
	@scripts/run_tests --ignore=tests/e2e
	@scripts/run_tests tests/e2e

lint: setup ## style, format and types
	@ruff check .
	@ruff format --check .
	@mypy

race: setup ## the race tests at length
	@RACE_ROUNDS=$${RACE_ROUNDS:-200} python -m pytest -m race

bench: setup ## the speed of the engine beside its bounds; SIZE=small is quicker
	@python -m benchmarks --size $${SIZE:-full}

bench-live: setup ## how soon open pages are right; SIZE=small is quicker, SOAK=minutes
	@python -m benchmarks.live --size $${SIZE:-full}

bench-http: setup ## bookings and slots a second over the API; SIZE=small is quicker
	@python -m benchmarks.http_api --size $${SIZE:-full}

bench-pages: setup ## Lighthouse over the public pages
	@python -m benchmarks.pages

clean: ## remove everything that was made, except the data
	@rm -rf .venv .web .states .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		assets/external benchmarks/node_modules test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
