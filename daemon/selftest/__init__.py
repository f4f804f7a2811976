"""The band measured on this machine."""
