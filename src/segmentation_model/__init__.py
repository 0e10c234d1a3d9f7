"""The monthly job that tells a utility which customers will probably not pay, and whom to treat alike."""

__version__ = "0.1.0"
