"""What a page must never do while a test looks on: raise, complain, break the policy, fail."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Response, WebError

OFFLINE = r"net::ERR_(INTERNET_DISCONNECTED|FAILED)"
"""What the browser says about a request that the test did not let through."""
# A page's own words about its policy come from the browser as console errors, but not all of them.
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) => console.error(
  "policy:", event.effectiveDirective, event.blockedURI, event.sample))"""


@dataclass
class Watch:
    """Collects faults of all pages of a test; ``allow`` names those that the test provokes."""

    faults: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch every page of ``context``, from its first line of code on."""
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("response", self._answer)

    def allow(self, *patterns: str) -> None:
        """Take faults that match one of ``patterns`` as part of the test."""
        self.allowed += patterns

    @property
    def unexpected(self) -> list[str]:
        """The faults that nobody allowed."""
        return [
            fault
            for fault in self.faults
            if not any(re.search(pattern, fault) for pattern in self.allowed)
        ]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text}")

    def _error(self, error: WebError) -> None:
        self.faults.append(f"uncaught: {error.error}")

    def _answer(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"answer: {response.status} {response.url}")
