"""What the ``crime-trends`` command does, a module per command."""
