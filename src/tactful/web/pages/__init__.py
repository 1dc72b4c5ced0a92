"""
The pages that the server renders: a demonstration shop, the preference centre, the console.

They need no JavaScript, load nothing from elsewhere and store nothing in the browser, but for the
cookie of whoever signs in to the console.  What is shown comes from `tactful.shop`; nothing is
decided here.
"""

from tactful.web.pages.mounting import friendly, handlers, wants_page

__all__ = ["friendly", "handlers", "wants_page"]
