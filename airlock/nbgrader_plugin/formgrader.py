"""The Formgrader's page of a submission, without the network: formulae come as MathML, no script is fetched.

:func:`airlock.settings.configure` sets both parts in a course's ``HTMLExporter``, which the Formgrader uses.
"""

import jinja2
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from airlock.pages.formula import to_mathml


class _Renderer(IPythonRenderer):
    """nbconvert's own, but for formulae, which it leaves to a script from a content delivery network."""

    def block_math(self, body: str) -> str:
        return to_mathml(body, display=True)

    def inline_math(self, body: str) -> str:
        return to_mathml(body)

    def latex_environment(self, name: str, body: str) -> str:
        return to_mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)


@jinja2.pass_context
def markdown_to_html(context: jinja2.runtime.Context, source: str) -> str:
    """A Markdown cell as HTML; the filter ``markdown2html`` of nbconvert's templates."""
    attachments = context.get("cell", {}).get("attachments", {})
    return MarkdownWithMath(renderer=_Renderer(escape=False, attachments=attachments)).render(source)
