"""Fixtures: a stage per module, or one for a test alone."""

import pytest

from harness import Stage
from harness.program import Program

SHOWN_OF_A_LOG = 6000


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    stage = Stage(tmp_path_factory.mktemp("stage"))
    yield stage
    stage.close()


@pytest.fixture
def own_stage(tmp_path):
    """For tests that kill workers, fill queues or count what is there."""
    stage = Stage(tmp_path)
    yield stage
    stage.close()


@pytest.fixture
def gate(tmp_path):
    """The file that tasks which hold are waiting for. They are let go at the end in any case."""
    path = tmp_path / "gate"
    yield path
    path.touch()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        for program in Program.running:
            report.sections.append((f"the end of the log of {program.name}", program.log[-SHOWN_OF_A_LOG:]))
    return report
