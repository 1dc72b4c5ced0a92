"""
Structured logs: one JSON object a line, on stderr.

What is logged are routes by their template, statuses and kinds of errors: no query, no id, no
address, no message of an unexpected error.
"""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logging() -> None:
    """Write everything from `info` up as JSON lines to stderr."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
