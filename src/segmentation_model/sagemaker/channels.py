"""What goes from step to step, and what is published: one channel from a step to each that takes something of it.

In a channel the files lie as they lie below the root: ``05_model_input/domestic/train.parquet``. A model goes apart,
because SageMaker packs it itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from segmentation_model.errors import ConfigurationError
from segmentation_model.sagemaker.contract import RESULT_LAYERS
from segmentation_model.sagemaker.steps import Step, last_step

_MODELS = "06_models/"


@dataclass(frozen=True)
class Channel:
    """Datasets on their way from one step to another.

    Attributes:
        source: The step that makes them.
        target: The step that takes or publishes them.
        files: Place below the root, by dataset.
        model: The dataset that holds the source's model, if it makes one; it is not among the files.
        model_place: Its place below the root.
    """

    source: str
    target: str
    files: Mapping[str, str]
    model: str | None = None
    model_place: str = ""


@dataclass(frozen=True)
class Traffic:
    """All that goes through the pipeline.

    Attributes:
        channels: Between the steps, in their order.
        results: Place below the root of all that the last step publishes, by dataset.
        publisher: The last step.
    """

    channels: tuple[Channel, ...]
    results: Mapping[str, str]
    publisher: str

    def into(self, step: str) -> tuple[Channel, ...]:
        """The channels that end in a step."""
        return tuple(channel for channel in self.channels if channel.target == step)

    def out_of(self, step: str) -> tuple[Channel, ...]:
        """The channels that begin in a step."""
        return tuple(channel for channel in self.channels if channel.source == step)

    def channel_with(self, dataset: str) -> Channel:
        """The channel into the publisher that a dataset goes through.

        Raises:
            ConfigurationError: There is none.
        """
        for channel in self.into(self.publisher):
            if dataset in channel.files:
                return channel
        raise ConfigurationError(f"{dataset}: no step hands it to {self.publisher}")


def plan_traffic(steps: tuple[Step, ...], place: Callable[[str], str | None]) -> Traffic:
    """Say what goes between the steps.

    Args:
        steps: All steps.
        place: Where a dataset lies below the root; None: it does not.

    Returns:
        A channel for each pair of steps of which one takes something of the other, with what is published of it.

    Raises:
        ConfigurationError: A step takes a dataset that does not lie below the root, or a training step has two models.
    """
    publisher = last_step(steps)
    channels, results = [], {}
    for source in steps:
        made = {name: where for name in sorted(source.nodes.all_outputs()) if (where := place(name)) is not None}
        published = {name: where for name, where in made.items() if where.startswith(RESULT_LAYERS)}
        results.update(published)
        for target in steps:
            if target is source:
                continue
            taken = target.takes.get(source.name, ())
            homeless = [name for name in taken if name not in made]
            if homeless:
                raise ConfigurationError(f"{homeless[0]}: {target.name} takes it, but it does not lie below the root")
            files = {name: made[name] for name in taken} | (published if target is publisher else {})
            if files:
                channels.append(_channel(source, target, files))
    return Traffic(tuple(channels), results, publisher.name)


def _channel(source: Step, target: Step, files: dict[str, str]) -> Channel:
    if source.kind != "training":
        return Channel(source.name, target.name, files)
    models = [name for name, where in files.items() if where.startswith(_MODELS)]
    if len(models) > 1:
        raise ConfigurationError(f"{source.name}: a training job has one model, but these nodes make {models}")
    model = models[0] if models else None
    others = {name: where for name, where in files.items() if name != model}
    return Channel(source.name, target.name, others, model, files.get(model or "", ""))
