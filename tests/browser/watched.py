"""A page of the browser, and what happened in it."""

from urllib.parse import urlsplit


class Watched:
    """A page at ``address``: its dialogs, the errors in its console, the addresses that it asked for."""

    def __init__(self, page, address=None):
        self.page, self.dialogs, self.errors, self.requests = page, [], [], []
        page.on("dialog", self._dialog)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        if address:
            page.goto(address)

    def _dialog(self, dialog):
        self.dialogs.append(f"{dialog.type}: {dialog.message}")
        dialog.accept()

    def _console(self, message):
        if message.type == "error":
            self.errors.append(message.text)

    def outside(self) -> set[str]:
        """Hosts other than the page's own that something was asked of; files do not count as hosts."""
        own = {urlsplit(self.page.url).netloc, ""}
        return {urlsplit(url).netloc for url in self.requests if not url.startswith("data:")} - own

    def poke(self, within: str) -> int:
        """Click, hover and focus everything ``within`` but links, as a curious reader might; how many."""
        return self.page.evaluate(
            """within => {
                const found = [...document.querySelectorAll(within + " *")];
                for (const element of found) {
                    for (const kind of ["mouseover", "mouseenter", "focus", "toggle", "begin"])
                        element.dispatchEvent(new Event(kind));
                    if (!element.closest("a")) element.dispatchEvent(new MouseEvent("click"));
                }
                return found.length;
            }""",
            within,
        )

    def settle(self) -> None:
        """Wait until what was set off is done: nothing more is loaded, timers of 100 ms have run."""
        self.page.wait_for_load_state("networkidle")
        self.page.evaluate("() => new Promise(done => setTimeout(() => requestIdleCallback(done), 100))")

    def links(self, within: str) -> set[str]:
        """The schemes of all links."""
        return set(
            self.page.eval_on_selector_all(f"{within} a[href]", "all => all.map(link => link.protocol)")
        )

    def violations(self, axe: str) -> list[str]:
        """What axe-core finds, with everything unfolded; the page must have been opened past its policy."""
        self.page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        self.page.add_script_tag(content=axe)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]
