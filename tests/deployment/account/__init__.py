"""An account in place of AWS: moto, extended by what applying needs, in a process of its own that notes every call."""
