"""What holds for all tests: properties have no deadline, because the machine may be busy."""

from hypothesis import settings

settings.register_profile("tactful", deadline=None, print_blob=True)
settings.load_profile("tactful")
