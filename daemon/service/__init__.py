"""The band as a service of the system."""
