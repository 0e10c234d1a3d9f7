"""The model card: what a reviewer needs to know of a model, from what was fitted and measured."""
