"""Setting up, starting and stopping."""
