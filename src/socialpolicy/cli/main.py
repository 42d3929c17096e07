"""The command ``socialpolicy``: its commands, loaded when they are called, and one way to end for all of them."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Any

import click

from socialpolicy import __version__
from socialpolicy.errors import SocialPolicyError

GOOD, NO, COULD_NOT, GAVE_UP, BUG, INTERRUPTED = 0, 1, 2, 3, 70, 130

COMMANDS = {
    "init": "Start: write a small policy for a company, with tests and checks for pull requests.",
    "validate": "Check policies and test cases: every mistake, with its place.",
    "check": "Validate, test, prove, lint and compare: all that a pull request has to pass.",
    "decide": "Decide about one action, and say why.",
    "questions": "Tell which unknown facts can still change a decision, and what to ask first.",
    "read": "Tell what a text says by itself: links, words of the policy's lists, templates.",
    "test": "Run the test cases of policies.",
    "diff": "Compare two versions: who may do what differently, and which version that calls for.",
    "fmt": "Put files into the canonical layout: comments and every word stay as they are.",
    "lint": "Find what is doubtful: rules that do nothing, contradictions, what nobody uses.",
    "prove": "Prove the guarantees of a policy for all actions, or show what breaks them.",
    "timeline": "Tell what begins and ends, day by day: rules, exceptions, templates, releases.",
    "texts": "Print what of a policy is still to be translated.",
    "schema": "Let an editor know a policy's words, or print a JSON Schema.",
    "explain": "Print the page on a finding: why it is one, wrong and right.",
    "release": "Freeze the draft of a policy under its version.",
    "approvals": "Tell which approvals count for a draft, and why the others do not.",
    "audit": "Look over the company's accounts: what is to be put right, and by whom.",
    "duties": "Tell which duties are done, due and overdue.",
    "playbook": "Tell how a playbook stands: what is next, who does it, and what is late.",
    "compile": "Write the program that decides, to embed without the author's file.",
}


class Commands(click.Group):
    """Commands by name; each one's module is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order in which they are likely to be needed."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"socialpolicy.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; ask for the one that was meant where there is none such."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from socialpolicy.loading.findings import meant

            raise click.UsageError(
                f"There is no command {args[0]}. "
                + (meant(args[0], COMMANDS).capitalize() or "See socialpolicy --help.")
            )
        return super().resolve_command(ctx, args)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="socialpolicy %(version)s")
@click.option("--debug", is_flag=True, help="Show a traceback if the program itself fails.")
def cli(debug: bool) -> None:
    """Social-media policy as code: write it once, then decide, test and explain it everywhere.

    A SOURCE is a policy's file, its folder, a folder of policies, or - for standard input. Exit status: 0 good, 1 the answer
    is no, 2 could not be done, 3 gave up at a limit, 70 a bug in socialpolicy.
    """


def main() -> None:
    """Run the command line."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line with these arguments, and return the exit status."""
    if sys.stdout is None or sys.stderr is None:  # closed by the caller: there is nobody to tell
        return COULD_NOT
    for stream in (sys.stdout, sys.stderr):  # what is printed does not depend on the locale
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        result: Any = cli.main(arguments, prog_name="socialpolicy", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else GOOD
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show()
        return COULD_NOT
    except (click.Abort, KeyboardInterrupt):
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT
    except SocialPolicyError as error:
        return failed(error)
    except OSError as error:
        from socialpolicy.loading.findings import visible

        name = f"{visible(str(error.filename))}: " if error.filename else ""
        print(f"error: {name}{error.strerror or error}", file=sys.stderr)
        return COULD_NOT
    except Exception as error:
        if "--debug" in arguments:
            raise
        print(f"socialpolicy failed: {type(error).__name__}. This is a bug. Details: {report(error)}", file=sys.stderr)
        return BUG


def failed(error: SocialPolicyError) -> int:
    """Say what could not be done, and return the exit status for it."""
    from socialpolicy.loading.findings import FindingsError, LimitError, told
    from socialpolicy.solving import Undecided

    if isinstance(error, LimitError):
        print(error.finding, file=sys.stderr)
        return GAVE_UP
    if isinstance(error, Undecided):
        print(f"error: {error}.", file=sys.stderr)
        return GAVE_UP
    if isinstance(error, FindingsError):
        print(told(error.findings), file=sys.stderr)
        return COULD_NOT
    print(f"error: {error}", file=sys.stderr)
    return COULD_NOT


def report(error: Exception) -> str:
    """Write what is known of a bug to a file, and return its name."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="socialpolicy-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(f"socialpolicy {__version__}, Python {sys.version}\n")
        file.writelines(traceback.format_exception(error))
        return file.name


if __name__ == "__main__":
    main()
