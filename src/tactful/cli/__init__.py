"""
The command line: translate commands into calls; decide nothing.

Modules here import no heavy library at their top, so that `tactful --help` answers at once.
"""

from tactful.cli.commands import main

__all__ = ["main"]
