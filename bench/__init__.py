"""Measures the guide beside stock Rasa: run `python -m bench`."""
