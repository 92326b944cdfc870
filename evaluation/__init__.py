"""Measures the assistant and its examples; runs in the Rasa environment."""
