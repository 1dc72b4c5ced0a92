"""The rights of a subject, first cut: see, take away, restrict, erase."""

from tactful.capabilities.rights.export import Holdings, export
from tactful.capabilities.rights.ports import Records

__all__ = ["Holdings", "Records", "export"]
