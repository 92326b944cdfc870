# The README's two commands are `make run` and `make test`.
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV := .venv/uv/bin/uv
APP := .venv/app/bin/python
DEV := .venv/dev/bin/python
RASA := .venv/rasa/bin/python
RASA_TEST := .venv/rasa-test/bin/python
ENCODER := models/encoder/.built
UNTUNED := models/encoder/.built-untuned

NODE := $(shell command -v npm)

.PHONY: widget widget-sizes test-widget check-widget run test check train tune-encoder eval eval-safety bench storm chat clean lock help test-app test-assistant rotate-keys eval-curve eval-public eval-stock data-report sms-storm
.DEFAULT_GOAL := help

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

run:  ## install, train if needed, start everything, print the address
	@$(MAKE) --silent --no-print-directory --jobs=3 .venv/app/.done train
	@$(APP) -m tools.serve

train: .venv/rasa/.done $(ENCODER)  ## train the assistant if its inputs changed
	@$(RASA) -m assistant.launch train

test: test-app test-assistant test-widget  ## every test

test-app: .venv/dev/.done .venv/app/.done train $(if $(NODE),widget/node_modules/.done)
	@$(DEV) -m pytest tests --ignore=tests/assistant/rasa --numprocesses 2 --dist loadfile

storm: .venv/dev/.done  ## 500 call-back requests while processes are killed, on both databases
	@$(DEV) -m tests.storm 500

test-assistant: .venv/rasa-test/.done train
	@$(RASA_TEST) -m pytest -c tests/assistant/rasa/pytest.ini --rootdir . tests/assistant/rasa

ifeq ($(NODE),)
test-widget:
	@test -z "$$CI" || { echo "CI needs Node.js for the chat window"; exit 1; }
	@echo "No Node.js on this machine: the chat window's own tests did NOT run"
check-widget:
	@test -z "$$CI" || { echo "CI needs Node.js for the chat window"; exit 1; }
	@echo "No Node.js on this machine: gateway/widget.js was NOT built anew and compared"
else
test-widget: widget/node_modules/.done
	@npm --prefix widget test --silent
check-widget: widget/node_modules/.done
	@npm --prefix widget run check --silent
endif

widget: widget/node_modules/.done  ## build gateway/widget.js anew from widget/ (needs Node.js)
	@npm --prefix widget run build --silent

widget-sizes: widget/node_modules/.done  ## how large the chat window's script is, beside others
	@node widget/sizes.mjs

check: .venv/dev/.done .venv/rasa/.done check-widget  ## format, lint, types, data consistency
	@$(DEV) -m ruff format --check .
	@$(DEV) -m ruff check .
	@$(DEV) -m mypy
	@$(DEV) -m mypy --python-executable $(RASA) assistant evaluation
	@$(DEV) -m tools.check_data

tune-encoder: .venv/tune/.done  ## teach the encoder the labels anew; twenty minutes
	@.venv/tune/bin/python -m tools.tune_encoder

eval: train  ## how well the assistant understands; FILE=rows.csv for your own
	@$(RASA) -m assistant.evaluate $(FILE)

eval-safety: .venv/app/.done train  ## how well danger is seen; FILE=rows.csv for your own
	@$(APP) -m tools.eval_safety $(if $(PAGE),--page) $(FILE)

eval-curve: train $(UNTUNED)  ## the same by number of training examples; 7 minutes
	@$(RASA) -m evaluation.learning_curve

eval-public: .venv/rasa/.done $(ENCODER) $(UNTUNED)  ## TRAIN=train.csv TEST=test.csv: encoder and head on BANKING77 or CLINC150
	@$(RASA) -m evaluation.public $(TRAIN) $(if $(TEST),--test $(TEST)) $(if $(SHOTS),--shots $(SHOTS)) $(OPTIONS)

eval-stock: .venv/dev/.done  ## stock Rasa on the rows of eval; hours, or OPTIONS="--epochs 10"
	@$(DEV) -m bench.stock_eval $(OPTIONS)

data-report: .venv/rasa/.done $(ENCODER)  ## what the examples in data/ are like, near-copies, thin spots
	@$(RASA) -m evaluation.data_report

bench: .venv/dev/.done .venv/app/.done train  ## this product beside stock Rasa, in one run
	@$(DEV) -m bench

sms-storm: .venv/dev/.done  ## 1,000 repeated text webhooks on a gateway that keeps dying; MESSAGES=n
	@$(DEV) -m tests.gateway.storm $(MESSAGES)

chat: .venv/app/.done  ## a conversation in the terminal (with `make run` running)
	@$(APP) -m tools.chat

rotate-keys: .venv/app/.done  ## seal everything stored anew with the first of GUIDE_DATA_KEYS
	@$(APP) -m tools.rotate_keys

clean:  ## remove environments, models and build results; keeps var/ (the local database)
	rm -rf .venv widget/node_modules build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find models -mindepth 1 ! -name README.md -delete

lock: $(UV)  ## resolve the lock files anew
	sh tools/lock.sh $(UV)

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 is needed; set PYTHON=/path/to/python3.11") if sys.version_info[:2] != (3, 11) else 0'
	@echo "Setting up the environments ..."
	@$(PYTHON) -m venv .venv/uv && .venv/uv/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/uv.lock

# Compiled once at install: what serves starts in two thirds of the time.
.venv/app/.done .venv/rasa/.done: COMPILED := --compile-bytecode

.venv/%/.done: requirements/%.lock $(UV)
	@test -d .venv/$* || $(UV) venv --quiet --python $(PYTHON) .venv/$*
	@$(UV) pip sync --quiet $(COMPILED) --python .venv/$*/bin/python --require-hashes requirements/$*.lock
	@touch $@

widget/node_modules/.done: widget/package-lock.json
	@npm --prefix widget ci --silent --ignore-scripts
	@touch $@

# PyTorch; its builds differ by machine, so that only versions are pinned here.
.venv/tune/.done: requirements/tune.in requirements/build.lock
	@$(PYTHON) -m venv .venv/tune
	@.venv/tune/bin/pip install --quiet --disable-pip-version-check -r requirements/tune.in
	@.venv/tune/bin/pip install --quiet --disable-pip-version-check --no-deps -r requirements/build.lock
	@touch $@

$(ENCODER): requirements/build.lock tools/build_encoder.py tools/weights.py assistant/minilm.safetensors assistant/weights.py
	@$(MAKE) --silent --no-print-directory .venv/build/.done
	@.venv/build/bin/python -m tools.build_encoder
	@touch $@

$(UNTUNED): requirements/build.lock tools/build_encoder.py tools/weights.py
	@$(MAKE) --silent --no-print-directory .venv/build/.done
	@.venv/build/bin/python -m tools.build_encoder --untuned
	@touch $@
