"""A simulated shop and the story that the demo tells on it."""
