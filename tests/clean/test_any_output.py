"""Whatever outputs and texts a notebook holds, what is left of them is a notebook, and nothing in it acts."""

import json
import re

import nbformat
from hypothesis import given, settings
from hypothesis import strategies as st
from markup import HTML

from airlock.clean.html import clean_html, clean_markdown
from airlock.clean.notebook import clean_outputs

ACTS = re.compile(
    r"<(?:script|iframe|object|embed|svg|form|style|link|meta|base)\b|\son\w+\s*=|javascript:", re.I
)
PIECES = st.lists(st.sampled_from(HTML) | st.text(max_size=9), max_size=4).map("".join)
LEAVES = st.none() | st.booleans() | st.integers(-5, 5) | PIECES
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
MIMES = st.sampled_from(["text/plain", "text/html", "text/markdown", "image/png", "image/svg+xml"])
OUTPUTS = st.fixed_dictionaries(
    {},
    optional={
        "output_type": st.sampled_from(["stream", "error", "display_data", "execute_result"]) | JSON,
        "name": st.sampled_from(["stdout", "stderr"]) | JSON,
        "text": PIECES | JSON,
        "data": st.dictionaries(MIMES | st.text(max_size=5), PIECES | JSON, max_size=3) | JSON,
        "metadata": JSON,
        "ename": JSON,
        "evalue": PIECES | JSON,
        "traceback": st.lists(PIECES, max_size=3) | JSON,
        "execution_count": JSON,
    },
)


@settings(deadline=None, max_examples=200)
@given(st.lists(OUTPUTS, max_size=3), PIECES, JSON)
def test_what_is_left_is_a_notebook_in_which_nothing_acts(outputs, text, metadata):
    code = {
        "id": "a",
        "cell_type": "code",
        "source": "",
        "metadata": {},
        "outputs": outputs,
        "execution_count": 1,
    }
    prose = {"id": "b", "cell_type": "markdown", "source": text, "metadata": metadata}
    notebook = nbformat.from_dict(
        {"cells": [code, prose], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    )
    clean_outputs(notebook)
    nbformat.validate(notebook)
    json.dumps(notebook).encode()
    shown = [
        data for output in notebook.cells[0].outputs for data in [output.get("data", {}).get("text/html", "")]
    ]
    assert not [page for page in shown if ACTS.search(re.sub(r">[^<]*<", "><", page))]


@settings(deadline=None)
@given(PIECES)
def test_clean_text_stays_as_it_is(text):
    clean = clean_html(text)
    assert clean is None or clean_html(clean) in (clean, None)
    kept = clean_markdown(text, {})
    assert clean_markdown(kept, {}) == kept
