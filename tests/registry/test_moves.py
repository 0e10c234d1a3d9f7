"""Promotion and rollback: one alias each, recorded, and one at a time."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from segmentation_model.errors import RegistryError
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.registry import moves
from segmentation_model.registry.moves import ChampionChangedError, promote, promote_by_hand, roll_back
from segmentation_model.registry.registered_model import RegisteredModel, Version
from tests.model.artifacts import fit, trained
from tests.pipelines.modeling.test_promotion import retrained
from tests.registry.conftest import Place, against


def add_versions(place: Place, count: int) -> None:
    """Versions without a model, of which the first is champion: to move an alias, no files are needed."""
    client = place.model.client
    client.create_registered_model(place.model.name)
    for number in range(1, count + 1):
        client.create_model_version(place.model.name, str(place.artifacts), tags={"model_version": f"hash{number}"})
    client.set_registered_model_alias(place.model.name, "champion", "1")


def attempt(uri: str, name: str, number: str) -> str:
    """Promote as a training does that was compared with the first version; in words what came of it."""
    model = RegisteredModel(uri, name)
    try:
        promote(model, model.version(number), "it is better", judged_against="hash1")
    except ChampionChangedError as error:
        return error.message
    return "promoted"


class TestRollback:
    def test_gives_the_alias_back_and_is_recorded(self, place: Place):
        add_versions(place, 2)
        promote_by_hand(place.model, "2", "agreed")
        now, before = roll_back(place.model, "the north looks wrong")
        assert (now.number, before.number, place.champion()) == ("1", "2", "1")
        assert place.model.version("2").tags["rolled_back"].endswith(": the north looks wrong")

    def test_moves_one_alias_only(self, place: Place, monkeypatch):
        add_versions(place, 2)
        promote_by_hand(place.model, "2", "agreed")
        moved: list[tuple[str, str]] = []
        move = RegisteredModel.move_alias

        def spy(model: RegisteredModel, alias: str, version: Version) -> None:
            moved.append((alias, version.number))
            move(model, alias, version)

        monkeypatch.setattr(RegisteredModel, "move_alias", spy)
        roll_back(place.model, "worse")
        assert moved == [("champion", "1")]

    def test_goes_back_step_by_step_until_there_is_nothing_before(self, place: Place):
        add_versions(place, 3)
        promote_by_hand(place.model, "2", "agreed")
        promote_by_hand(place.model, "3", "agreed")
        assert [roll_back(place.model, "worse")[0].number for _ in range(2)] == ["2", "1"]
        with pytest.raises(RegistryError, match="nothing to roll back to: there was no champion before version 1"):
            roll_back(place.model, "worse")
        assert place.champion() == "1"

    def test_needs_a_champion(self, place: Place):
        with pytest.raises(RegistryError, match=r"there is no champion in .*, so nothing to roll back"):
            roll_back(place.model, "worse")

    def test_needs_the_version_before(self, place: Place):
        add_versions(place, 2)
        promote_by_hand(place.model, "2", "agreed")
        place.model.client.delete_model_version(place.model.name, "1")
        with pytest.raises(RegistryError, match=r"no version '1' in .*; there are: '2'"):
            roll_back(place.model, "worse")
        assert place.champion() == "2"
        assert "rolled_back" not in place.model.version("2").tags


class TestPromotionByHand:
    def test_says_who_was_champion_before(self, place: Place):
        add_versions(place, 2)
        before = promote_by_hand(place.model, "2", "agreed")
        assert before is not None
        assert before.number == "1"
        assert place.model.version("2").tags["promoted_because"] == "agreed"

    def test_forgives_a_rollback(self, place: Place):
        add_versions(place, 2)
        promote_by_hand(place.model, "2", "agreed")
        roll_back(place.model, "worse")
        promote_by_hand(place.model, "2", "it was the data")
        assert place.champion() == "2"
        assert "rolled_back" not in place.model.version("2").tags

    def test_of_an_unknown_version_is_refused(self, place: Place):
        add_versions(place, 2)
        with pytest.raises(RegistryError, match=r"no version '7' in .*; there are: '2', '1'"):
            promote_by_hand(place.model, "7", "agreed")

    def test_of_the_champion_is_refused(self, place: Place):
        add_versions(place, 1)
        with pytest.raises(RegistryError, match="version 1 is the champion already"):
            promote_by_hand(place.model, "1", "agreed")


class TestTwoAtATime:
    def test_of_several_threads_one_promotes_and_the_others_learn_of_it(self, place: Place):
        add_versions(place, 5)
        barrier = Barrier(4)

        def together(number: str) -> str:
            barrier.wait()
            return attempt(place.model.uri, place.model.name, number)

        with ThreadPoolExecutor(4) as pool:
            outcomes = list(pool.map(together, ["2", "3", "4", "5"]))
        assert outcomes.count("promoted") == 1
        winner = str(outcomes.index("promoted") + 2)
        assert place.champion() == winner
        assert place.model.version(winner).tags["previous_champion"] == "1"
        lost = [outcome for outcome in outcomes if outcome != "promoted"]
        assert all(f"it was hash1 and is hash{winner} now" in outcome for outcome in lost)
        assert place.model.client.get_registered_model(place.model.name).tags == {}

    @pytest.mark.slow
    def test_of_two_trainings_in_two_processes_both_are_registered_and_one_is_champion(self, place: Place):
        place.register(trained().model)
        better = [retrained(), fit(trained().train, trained().calibration, trained().test, seed=31).model]
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(2, mp_context=context) as pool:
            numbers = list(pool.map(register_better, [place] * 2, better, [trained().model] * 2))
        assert sorted(numbers) == ["2", "3"]
        versions = {version.number: version for version in place.model.versions()}
        assert set(versions) == {"1", "2", "3"}
        champion = place.champion()
        (other,) = {"2", "3"} - {champion}
        assert versions[champion or ""].tags["previous_champion"] == "1"
        assert versions[other].tags["decision"] == "refuse"
        assert "the champion changed while the model was judged" in versions[other].tags["reason"]
        assert all((folder / "MLmodel").is_file() for folder in place.stored())

    def test_who_finds_another_at_work_waits_and_says_so_in_the_end(self, place: Place, monkeypatch):
        add_versions(place, 2)
        monkeypatch.setattr(moves, "_ATTEMPTS", 2)
        claim(place, datetime.now(tz=UTC))
        with pytest.raises(RegistryError, match="somebody else is moving the champion"):
            promote_by_hand(place.model, "2", "agreed")
        assert place.champion() == "1"

    def test_a_claim_that_was_left_behind_stops_nobody_for_long(self, place: Place):
        add_versions(place, 2)
        claim(place, datetime.now(tz=UTC) - timedelta(minutes=11))
        promote_by_hand(place.model, "2", "agreed")
        assert place.champion() == "2"


def claim(place: Place, since: datetime) -> None:
    place.model.client.set_registered_model_tag(place.model.name, "moving_champion.other", since.isoformat())


def register_better(place: Place, model: ModelArtifact, champion: ModelArtifact) -> str:
    """What a training does in a process of its own with a model that was judged better."""
    return place.register(model, **against(champion)).number


def test_the_record_is_made_before_the_alias_moves(place: Place, monkeypatch):
    """A champion that nobody could roll back would be worse than a record of a move that failed."""
    add_versions(place, 2)
    monkeypatch.setattr(RegisteredModel, "move_alias", _fails)
    with pytest.raises(RegistryError, match="the network is gone"):
        promote_by_hand(place.model, "2", "agreed")
    assert place.champion() == "1"
    assert place.model.version("2").tags["previous_champion"] == "1"
    assert place.model.client.get_registered_model(place.model.name).tags == {}


def _fails(model: RegisteredModel, alias: str, version: Version) -> None:
    raise RegistryError("the network is gone")
