# Every target runs in .venv, made on first use by the newest Python on which the pins of requirements.txt install.
FITS := import sys; version = sys.version_info; fits = (3, 11) <= version < (3, 15)
PYTHON ?= $(shell for python in python3 python $(foreach minor,11 12 13 14,python3.$(minor)); do \
	$$python -c '$(FITS); import ensurepip; fits and print(version[1], sys.executable)' 2>/dev/null; \
	done | sort -n | tail -1 | cut -d' ' -f2-)
UNFIT := This needs Python 3.11 to 3.14 with its venv module: install one, or name it: make PYTHON=/path/to/python
BIN := .venv/bin
RUN := $(BIN)/python -m
ASSIGNMENT := vanishing-gradient
# One BLAS thread per process: submissions run side by side, and figures compare.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
# nbgrader calls alembic by its name.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: check demo test test-browser release solution grade feedback lab bench luck soak attacks lacking nbgraders-own

test: .venv/done
	$(RUN) ruff check .
	$(BIN)/lint-imports
	$(RUN) mypy
	$(RUN) pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder  # on two cores: some wait for limits

# The Formgrader, JupyterLab and our pages in a real Chromium (apt-get install chromium npm).
BROWSER_MODULES := axe-core@4.14.1
test-browser: .venv/done build/browser
	$(RUN) pytest tests/browser

build/browser: requirements-browser.txt Makefile
	$(RUN) pip install --quiet --disable-pip-version-check -r requirements-browser.txt
	mkdir -p build
	npm install --prefix build --no-save --no-audit --no-fund --loglevel=error $(BROWSER_MODULES)
	touch $@

# The sample class, in a scratch course of its own: build/demo.
demo: .venv/done
	$(BIN)/python tools/demo.py

# What students get, from source/ to release/.
release: .venv/done
	$(BIN)/nbgrader generate_assignment $(ASSIGNMENT) --force

# Whether the assignment marks right: reference, release, blanks, wrong answers made by rule; how long: docs/instructor.md.
check: .venv/done
	$(RUN) airlock check $(ASSIGNMENT)

# The reference with all pictures, for instructors: solution/.
solution: .venv/done
	$(BIN)/python tools/solution.py

# The class in submitted/: grades, report and feedback.
grade: .venv/done gradebook.db
	$(RUN) airlock grade $(ASSIGNMENT)

# The feedback pages again, with the marks and comments given by hand since.
feedback: .venv/done gradebook.db
	$(BIN)/nbgrader generate_feedback $(ASSIGNMENT) --force

# What nbgrader knows of the assignment, renewed when its source was changed.
gradebook.db: .venv/done $(wildcard source/$(ASSIGNMENT)/*)
	$(BIN)/nbgrader generate_assignment $(ASSIGNMENT) --force
	touch $@

# Every wrong solution of the tests, graded 200 times: each must lose its check each time. In 40 minutes on two cores.
luck: .venv/done
	GRADINGS=200 $(RUN) pytest tests/assignment/test_luck.py tests/assignment/test_same_marks.py --numprocesses 2

# All of nbgrader's own tests of what grades, with airlock switched on. About fifteen minutes.
nbgraders-own: .venv/done
	WHOLE=1 $(RUN) pytest tests/nbgrader_plugin/test_nbgraders_own.py --numprocesses 2

# A class of 300, one in five hostile or broken, killed three times on the way; and a small one, killed at each
# of its changes to the disk. In ten minutes, half of them for the class.
soak: .venv/done
	SUBMISSIONS=300 WHOLE=1 $(RUN) pytest tests/sandbox/test_soak.py tests/classroom/test_killed.py

# What all attacks together take from the grader at most: docs/attacks.json, which docs/operator.md quotes.
attacks: .venv/done
	MEASURED=docs/attacks.json $(RUN) pytest tests/sandbox/test_attacks.py

# The attacks and faults where a part of what confines is missing, one after the other. In half an hour.
PARTS := Landlock libseccomp both 1 5
lacking: .venv/done
	for part in $(PARTS); do \
		PYTHONPATH=tests/sandbox/lacking LACKING=$$part $(RUN) pytest \
			tests/sandbox/test_attacks.py tests/sandbox/test_faults.py || exit 1; \
	done

# JupyterLab on the course; the Formgrader is in its menu and at /formgrader.
lab: .venv/done
	$(BIN)/jupyter lab

# Beside stock nbgrader and otter-grader (in an environment of its own), in three quarters of an hour: docs/bench.*, docs/scaling.md
bench: .venv/done
	$(BIN)/python tools/bench_notebook.py
	$(BIN)/python tools/bench.py

.venv/done: requirements.txt pyproject.toml
	@$(BIN)/python -c '$(FITS); sys.exit(not fits)' 2>/dev/null || { \
		'$(PYTHON)' -c '$(FITS); import ensurepip; sys.exit(not fits)' 2>/dev/null || { echo '$(UNFIT)' >&2; exit 1; }; \
		'$(PYTHON)' -m venv --clear .venv || { rm -rf .venv; exit 1; }; }
	$(RUN) pip install --quiet --disable-pip-version-check -r requirements.txt
	$(RUN) pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@
