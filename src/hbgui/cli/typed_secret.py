"""A token or password from standard input."""

from __future__ import annotations

import codecs
import getpass
import sys
import warnings

from hbgui.core.pbx.validation import TOKEN_MAX

READ_MAX = 8 * TOKEN_MAX
"""Bytes: no more than that can be a secret in any encoding, whatever else comes."""


class Utf16Error(Exception):
    """It is UTF-16, as an older PowerShell writes files. Nothing of it is in the exception."""


def read_secret(prompt: str) -> str:
    """What comes on standard input, empty when nothing can be read; a person is asked for it and
    does not see it.

    Bytes that are no UTF-8 come as surrogates. Raises Utf16Error.
    """
    if not sys.stdin.isatty():
        try:
            return _text(sys.stdin.buffer.read(READ_MAX))
        except OSError:  # it was opened for writing only, or is a folder
            return ""
    with warnings.catch_warnings():
        # Without a terminal that can hide it, getpass would show the token.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(prompt)
        except (EOFError, getpass.GetPassWarning, OSError):
            return ""


def _text(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Utf16Error
    if len(data) % 2 == 0 and any(data[::2]) != any(data[1::2]):
        raise Utf16Error  # every other byte is zero
    return data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
