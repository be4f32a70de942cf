"""The rules of this repository that a machine can check: scripts/check runs them."""
