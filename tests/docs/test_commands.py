"""Every command of README and docs runs as it stands there, or says why it does not."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml

from segmentation_model.config_loader import ConfigLoader
from segmentation_model.parameters import check_parameters
from segmentation_model.settings import CONFIG_LOADER_ARGS
from tests.docs.blocks import REASONS, Block, blocks_of, exists, pages, steps_of
from tests.docs.reader import Reader, credit_cards, merged, small_copy
from tests.project_run import PROJECT
from tests.warm_commands import warm_commands

TUTORIAL = "docs/tutorial/your_own_table.md"
PAGES = pages()
# Pages that change the code come last: what their commands leave was made by other code.
IN_ORDER = sorted(PAGES, key=lambda page: any(block.language == "diff" for block in blocks_of(page)))
STEPS = [step for page in IN_ORDER if page != TUTORIAL for step in steps_of(page)]


@pytest.mark.parametrize("page", PAGES)
def test_a_block_of_commands_is_run_or_says_why_not(page):
    for block in blocks_of(page):
        if block.language != "console":
            assert not block.commands, f"{block}: commands belong into a block of `console`"
            assert block.reason is None, f"{block}: only commands are run"
            continue
        assert block.commands, f"{block}: a block of `console` has a command behind `$ `"
        if block.reason is not None:
            reason, _, test = block.reason.partition("; ")
            assert reason in REASONS, f"{block}: not run: {reason!r}; allowed: {', '.join(sorted(REASONS))}"
            assert not test or exists(test), f"{block}: there is no {test}"


PARAMETER_FILES = [
    (str(block), content)
    for page in PAGES
    for block in blocks_of(page)
    for path, content in block.files.items()
    if "/parameters/" in path
]


@pytest.mark.parametrize(("block", "content"), PARAMETER_FILES, ids=[block for block, _ in PARAMETER_FILES])
def test_a_file_of_parameters_holds_what_is_allowed(block, content):
    base = ConfigLoader(str(PROJECT / "conf"), env="base", **CONFIG_LOADER_ARGS)["parameters"]
    check_parameters(merged(base, yaml.safe_load(content)))


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> Iterator[Reader]:
    folder: Path = tmp_path_factory.mktemp("reader")
    project = small_copy(folder / "project")
    with warm_commands(folder / "warm", project / "src") as warm:
        yield Reader(project, warm)


@pytest.mark.slow
@pytest.mark.parametrize(("before", "block"), STEPS, ids=[str(block) for _, block in STEPS])
def test_the_commands_run(reader, before: list[Block], block: Block):
    reader.follow(before, block)


@pytest.mark.slow
def test_the_tutorial_runs_on_the_real_table(reader, shared_data):
    table = pd.read_parquet(shared_data / "uci_credit_default" / "default_of_credit_card_clients.parquet")
    exports = reader.folder / "exports"
    exports.mkdir(exist_ok=True)
    (exports / "credit_cards.csv").write_text(credit_cards(table))
    for before, block in steps_of(TUTORIAL):
        reader.follow(before, block)
