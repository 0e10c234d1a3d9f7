"""Runs an emitted SageMaker pipeline definition on this machine, container by container, without the service.

The JSON is the only input: what it means is emulated from the service's documented contract, so that the definition
that goes to the cloud is the one that ran here. Known differences are listed in the command's ``--help``.
"""
