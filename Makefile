# make demo [PORT=8000]   set up what is missing and run the site until Ctrl-C
#           [MODEL=0.5B]  or 135M, 1.5B, a model's folder, its name on the hub
# make test               set up what is missing and run every test suite
# make lint               formatting, types, import rules, missing migrations
# make bench              every performance figure, measured side by side
# make evaluate           the gate: how right the marks are [EVERY=20] [REPORT=file.json]
# make score-resumes      how well résumés are read, a field, per language and layout
# make clean              remove the environments and everything the demo wrote

PORT ?= 8000
MODEL ?=
# The first that is Python 3.11; where there is none, python3 says so in one sentence.
PYTHON ?= $(shell for python in python3.11 python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null \
	&& { echo "$$python"; exit; }; done; echo python3)
BIN := .venv/bin

.PHONY: demo test lint bench evaluate score-resumes clean print-python

demo:
	@$(PYTHON) -m scripts.demo --port $(PORT) --model "$(MODEL)"

test:
	@$(PYTHON) -m scripts.test

lint:
	@$(PYTHON) -m scripts.setup --test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy apps config scripts tests benchmarks manage.py conftest.py --exclude "benchmarks/(engine_server|summary_server|judge_speed).py"
	$(BIN)/mypy --python-executable .venv-sidecar/bin/python inference_sidecar benchmarks/engine_server.py benchmarks/summary_server.py benchmarks/judge_speed.py
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run

bench:
	@$(PYTHON) -m scripts.setup
	$(BIN)/python benchmarks/feedback.py
	$(BIN)/python benchmarks/summaries.py
	$(BIN)/python benchmarks/pages.py
	$(BIN)/python benchmarks/progress.py
	$(BIN)/python benchmarks/resume.py
	$(BIN)/python benchmarks/resume_render.py

evaluate:
	@$(PYTHON) -m scripts.evaluate $(if $(EVERY),--every $(EVERY)) $(if $(REPORT),--report "$(REPORT)")

score-resumes:
	@$(PYTHON) -m scripts.setup
	$(BIN)/python -m apps.resume.corpus.score

clean:
	rm -rf .venv .venv-sidecar var .ruff_cache .mypy_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# For scripts that are not make: which Python it found.
print-python:
	@echo $(PYTHON)
