"""Moving the champion: by promotion and by rollback, one alias each, and never two at a time.

MLflow moves an alias unconditionally. So whoever moves one first leaves a claim, a tag of the registered model under a
key of its own, and goes on only where it finds no other claim; of two at a time at least one sees the other's, gives
way and tries again. Between claim and move nobody else moves the alias, and what it points to can be relied on.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from segmentation_model.errors import RegistryError
from segmentation_model.registry.registered_model import CHAMPION, RegisteredModel, Version

PREVIOUS_CHAMPION = "previous_champion"
ROLLED_BACK = "rolled_back"
_CLAIM = "moving_champion."
_ATTEMPTS = 40
#: A claim that is older was left by a process that died.
_CLAIM_LASTS = timedelta(minutes=10)


class ChampionChangedError(RegistryError):
    """The champion is another one than the challenger was compared with."""


def promote(model: RegisteredModel, version: Version, reason: str, *, judged_against: str | None) -> None:
    """Make a version the champion, if the champion still is the one that it was compared with.

    Args:
        model: The registered model.
        version: The version to promote.
        reason: Why, for the record.
        judged_against: Artifact hash of the champion at that time; None: there was none.

    Raises:
        ChampionChangedError: Another model has become champion since.
        RegistryError: Somebody else keeps moving the champion, or the registry cannot be used.
    """
    with _sole_mover(model):
        champion = model.with_alias(CHAMPION)
        now = None if champion is None else champion.model_version
        if now != judged_against:
            raise ChampionChangedError(
                f"{model.name}: the champion changed while the model was judged: it was {judged_against or 'none'} and "
                f"is {now or 'none'} now"
            )
        _move(model, version, {"promoted_because": reason, PREVIOUS_CHAMPION: _number(champion)})


def promote_by_hand(model: RegisteredModel, number: str, reason: str) -> Version | None:
    """Make a version the champion, whatever the rule says.

    Args:
        model: The registered model.
        number: The version's number.
        reason: Why, for the record.

    Returns:
        The champion before, if there was one.

    Raises:
        RegistryError: There is no such version, it is the champion already, or the registry cannot be used.
    """
    version = model.version(number)
    with _sole_mover(model):
        champion = model.with_alias(CHAMPION)
        if champion is not None and champion.number == number:
            raise RegistryError(f"{model.name}: version {number} is the champion already")
        record = {"promoted_because": reason, PREVIOUS_CHAMPION: _number(champion), ROLLED_BACK: None}
        _move(model, version, record)
    return champion


def roll_back(model: RegisteredModel, reason: str) -> tuple[Version, Version]:
    """Give the alias back to the champion before; the version that loses it is not promoted by the rule again.

    Args:
        model: The registered model.
        reason: Why, for the record.

    Returns:
        The champion from now on, and the one until now.

    Raises:
        RegistryError: There is no champion or none before it, that version is gone, or the registry cannot be used.
    """
    _champion_of(model)
    with _sole_mover(model):
        champion = _champion_of(model)
        before = champion.tags.get(PREVIOUS_CHAMPION)
        if not before:
            raise RegistryError(
                f"{model.name}: nothing to roll back to: there was no champion before version {champion.number}"
            )
        previous = model.version(before)
        model.tag(champion, {ROLLED_BACK: f"{_now():%Y-%m-%dT%H:%M:%SZ}: {reason}"})
        model.move_alias(CHAMPION, previous)
    return previous, champion


def _champion_of(model: RegisteredModel) -> Version:
    champion = model.with_alias(CHAMPION)
    if champion is None:
        raise RegistryError(f"{model.name}: there is no champion in {model.address}, so nothing to roll back")
    return champion


def _number(version: Version | None) -> str | None:
    return None if version is None else version.number


def _move(model: RegisteredModel, version: Version, record: dict[str, str | None]) -> None:
    """The record comes first: a champion that cannot be rolled back would be worse than a record of no move."""
    model.tag(version, {**record, "promoted_at": f"{_now():%Y-%m-%dT%H:%M:%SZ}"})
    model.move_alias(CHAMPION, version)


@contextmanager
def _sole_mover(model: RegisteredModel) -> Iterator[None]:
    key = f"{_CLAIM}{uuid4().hex}"
    for attempt in range(_ATTEMPTS):
        with model.usable():
            model.client.set_registered_model_tag(model.name, key, _now().isoformat())
        try:
            if not _others(model, key):
                yield
                return
        finally:
            with model.usable():
                model.client.delete_registered_model_tag(model.name, key)
        time.sleep(random.uniform(0.02, 0.05 * (attempt + 2)))  # noqa: S311  (no secret: they must not stay in step)
    raise RegistryError(f"{model.name}: somebody else is moving the champion in {model.address}; try again")


def _others(model: RegisteredModel, key: str) -> bool:
    with model.usable():
        tags = model.client.get_registered_model(model.name).tags
    return any(
        name.startswith(_CLAIM) and name != key and _now() - datetime.fromisoformat(since) < _CLAIM_LASTS
        for name, since in tags.items()
    )


def _now() -> datetime:
    return datetime.now(tz=UTC)
