"""What every connector folder promises, checked by `preau check` and by a pytest plugin."""
