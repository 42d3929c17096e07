"""One comment in a pull request, through GitHub's REST API: written once, and from then on kept up to date in place.

It is found again by its first line. A comment that an outsider wrote is never taken for ours, whatever it begins with: they
could change it afterwards. https://docs.github.com/rest/issues/comments
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

VERSION = "2022-11-28"
"""The version of the API that is asked for."""
SECONDS = 20
ON_A_PAGE, PAGES = 100, 100
INSIDERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
REFUSED = frozenset({401, 403, 404})


class CommentError(Exception):
    """A comment that could not be written, and why; ``refused`` where the token may not write one."""

    def __init__(self, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.refused = refused


class NoRedirect(HTTPRedirectHandler):
    """Follows no redirection: the token goes to the one address that it is meant for."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Follow none."""


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request: where the API is, the repository (``owner/name``), its number, and the token to ask with."""

    api: str
    repository: str
    number: int
    token: str

    def comment(self, text: str, *, only_update: bool = False) -> str:
        """Write a comment, or bring the one up to date that has the same first line. Returns what was done.

        With ``only_update`` none is written where there is none. Raises ``CommentError``.
        """
        first = text.partition("\n")[0]
        ours = next((one for one in self.comments() if is_ours(one, first)), None)
        if ours is not None:
            number = ours.get("id")
            if type(number) is not int:
                raise CommentError("the answer has a comment without a number")
            self.ask("PATCH", f"issues/comments/{number}", {"body": text})
            return "updated"
        if only_update:
            return "not needed"
        self.ask("POST", f"issues/{self.number}/comments", {"body": text})
        return "written"

    def comments(self) -> Iterator[dict[str, Any]]:
        """All comments, oldest first."""
        for page in range(1, PAGES + 1):
            found = self.ask("GET", f"issues/{self.number}/comments?per_page={ON_A_PAGE}&page={page}")
            if not isinstance(found, list):
                raise CommentError("the answer was no list of comments")
            yield from (one for one in found if isinstance(one, dict))
            if len(found) < ON_A_PAGE:
                return

    def ask(self, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        """Ask the API one thing. Raises ``CommentError``."""
        if not self.api.startswith(("https://", "http://")):
            raise CommentError(f"{self.api or 'nothing'} is no address of an API")
        if not (self.token.isascii() and self.token.isprintable()):
            raise CommentError("the token has signs in it that no token has")
        request = Request(
            f"{self.api}/repos/{self.repository}/{path}",
            method=method,
            data=json.dumps(data).encode() if data is not None else None,
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "User-Agent": "socialpolicy",
                "X-GitHub-Api-Version": VERSION,
            },
        )
        try:
            with build_opener(NoRedirect).open(request, timeout=SECONDS) as answer:
                return json.load(answer)
        except HTTPError as error:
            error.close()
            raise CommentError(f"GitHub answered {error.code}", refused=error.code in REFUSED) from None
        except URLError as error:
            raise CommentError(f"GitHub did not answer: {error.reason}") from None
        except (OSError, HTTPException) as error:
            raise CommentError(f"GitHub did not answer: {str(error) or type(error).__name__}") from None
        except (ValueError, RecursionError):
            raise CommentError("the answer was no JSON") from None


def is_ours(comment: dict[str, Any], first: str) -> bool:
    """Whether a comment has our first line, and is by a program or by somebody who belongs to the repository."""
    body, author = comment.get("body"), comment.get("user")
    begins = isinstance(body, str) and body.replace("\r\n", "\n").partition("\n")[0] == first
    a_program = isinstance(author, dict) and author.get("type") == "Bot"
    return begins and (a_program or comment.get("author_association") in INSIDERS)
