"""How a run tells what it does: readable lines in base and dev, one JSON object a line in prod.

``conf/<environment>/logging.yml`` says which; ``segmentation_model.hooks.logging_hook`` applies it.
"""
