"""What there is to know about places: the regions that exist, and the country of an address."""

from __future__ import annotations

from tactful.adapters.countries import CountryTable, open_countries
from tactful.adapters.regions import RegionCodes, region_codes

__all__ = ["CountryTable", "RegionCodes", "open_countries", "region_codes"]
