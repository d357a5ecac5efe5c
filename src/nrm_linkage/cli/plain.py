"""What every command has: kinds of paths, and errors in one sentence without a value of a record."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from nrm_linkage.errors import NrmLinkageError

__all__ = ["AUDIENCES", "FILE", "FOLDER", "NEW_FILE", "NEW_FOLDER", "plain_errors"]

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
NEW_FOLDER = click.Path(file_okay=False, path_type=Path)
AUDIENCES = click.Choice(["internal", "publication"])

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class _PlainError(click.ClickException):
    """One sentence and exit status 2."""

    exit_code = 2


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"a file or folder cannot be used: {error.strerror or type(error).__name__}."
    return str(error)


def _where(error: Exception) -> str:
    """Module and line of the innermost frame of ours."""
    ours = [
        f"at line {line} of {frame.f_globals['__name__']}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__", "")).startswith("nrm_linkage")
    ]
    return ours[-1] if ours else "outside the library"


def plain_errors(command: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """A command whose errors are one sentence, and exit status 2."""

    @wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return command(*args, **kwargs)
        except (NrmLinkageError, OSError) as error:
            raise _PlainError(_sentence(error)) from None
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            raise _PlainError(
                "the command stopped on an error that was not foreseen "
                f"({type(error).__name__} {_where(error)}); its message is not shown, because it may hold "
                "values of a record."
            ) from None

    return run
