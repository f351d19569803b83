"""What the program knows, as one value, and how events change it."""
