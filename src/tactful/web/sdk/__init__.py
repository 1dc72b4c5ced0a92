"""The browser's side: modules that a page includes, and how they are served."""
