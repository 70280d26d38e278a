"""A notebook as a page to read, such as the reference solution: in one file that needs nothing else."""

from nbformat import NotebookNode

from airlock.pages.cells import Reader
from airlock.pages.shared import environment, title


def render_notebook(notebook: NotebookNode, name: str, eyebrow: str) -> str:
    """Return the page of a notebook called ``name``; ``eyebrow``: a few words above the title."""
    views = Reader(level=2).read(notebook, {})
    page = environment.get_template("notebook.html.j2")
    return page.render(views=views, title=title(name), eyebrow=eyebrow)
