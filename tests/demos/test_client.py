from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from cnntutor.demos import catalogue
from cnntutor.demos.client import WINDOW, WorkerClient
from cnntutor.demos.frame import Frame
from cnntutor.demos.knobs import Knobs
from cnntutor.errors import DemoError, UsageError

LONG = 1_000_000

# One client and its workers serve all tests: whatever one test breaks, the next one finds whole.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(gallery: str) -> AsyncIterator[WorkerClient]:
    client = WorkerClient(gallery)
    yield client
    await client.close()


def knobs(demo: str, **values: object) -> Knobs:
    return catalogue.parse_knobs(catalogue.load(demo, "troubled_demos"), values)


async def collect(client: WorkerClient, demo: str, **values: object) -> list[Frame]:
    return [frame async for frame in client.run(demo, knobs(demo, **values), "cpu")]


async def test_frames_arrive_whole_and_in_order_although_the_demo_prints(client: WorkerClient) -> None:
    frames = await collect(client, "counts", upto=5)
    assert [frame.figures["count"] for frame in frames] == [1, 2, 3, 4, 5]
    last = frames[-1]
    assert last.images["colour"].tolist() == [[[5] * 3] * 3] * 2
    assert last.images["grey"].shape == (2, 3)
    assert last.curves["line"].y == (0.0, 5.0)
    assert last.tables["table"].rows == ((5, "row"), (None, "end"))
    assert (last.caption, last.formulas, last.progress) == ("on cpu", ("5 = 5",), 1.0)


async def test_torch_stays_warm_from_run_to_run(client: WorkerClient) -> None:
    await client.close()
    await client.start()
    assert not client.warm
    first = await collect(client, "counts")
    assert client.warm
    second = await collect(client, "counts")
    assert first[0].figures["pid"] == second[0].figures["pid"] == client.pid


async def test_a_first_run_after_torch_has_warmed_up_keeps_its_process(client: WorkerClient) -> None:
    await client.close()
    await client.start()
    async with asyncio.timeout(60):
        while not client.warm:
            await asyncio.sleep(0.01)
    warmed = client.pid
    assert (await collect(client, "counts"))[0].figures["pid"] == warmed


async def test_the_same_seed_draws_the_same_numbers(client: WorkerClient) -> None:
    async def drawn(seed: int) -> list[float]:
        return [f.figures["drawn"] async for f in client.run("counts", knobs("counts"), "cpu", seed)]

    assert await drawn(1) == await drawn(1) != await drawn(2)


async def test_a_new_run_ends_the_old_one(client: WorkerClient) -> None:
    old = client.run("counts", knobs("counts", upto=LONG), "cpu")
    await anext(old)
    assert [f.figures["count"] for f in await collect(client, "counts", upto=2)] == [1, 2]
    assert len([frame async for frame in old]) <= WINDOW


async def test_runs_ordered_before_torch_is_there_give_way_to_the_last(client: WorkerClient) -> None:
    await client.close()
    await client.start()
    abandoned = asyncio.create_task(collect(client, "counts", upto=LONG))
    await asyncio.sleep(0)
    assert len(await collect(client, "counts", upto=2)) == 2
    assert len(await abandoned) <= WINDOW


async def test_leaving_the_iteration_stops_the_demo(client: WorkerClient) -> None:
    run = client.run("counts", knobs("counts", upto=LONG), "cpu")
    pid = (await anext(run)).figures["pid"]
    await run.aclose()
    assert not client.set_knobs(knobs("counts"))
    assert (await collect(client, "counts"))[0].figures["pid"] == pid


async def test_a_paused_demo_goes_on_by_steps_and_then_by_itself(client: WorkerClient) -> None:
    run = client.run("counts", knobs("counts", upto=LONG), "cpu")
    await anext(run)
    client.pause()
    for count in (2, 3, 4):
        client.step()
        assert (await anext(run)).figures["count"] == count
    client.resume()
    assert [(await anext(run)).figures["count"] for _ in range(5)] == [5, 6, 7, 8, 9]


async def test_live_knobs_turn_within_the_run(client: WorkerClient) -> None:
    run = client.run("counts", knobs("counts", upto=LONG), "cpu")
    await anext(run)
    assert client.set_knobs(knobs("counts", upto=LONG, by=1000))
    steps = [(await anext(run)).figures["count"] for _ in range(WINDOW + 3)]
    assert steps[-1] - steps[-2] == 1000


async def test_other_knobs_need_a_new_run(client: WorkerClient) -> None:
    run = client.run("counts", knobs("counts", upto=LONG), "cpu")
    await anext(run)
    assert not client.set_knobs(knobs("counts", upto=7))
    assert not client.set_knobs(knobs("fails"))


async def test_a_demo_that_raises_says_what_and_where_and_the_worker_lives_on(client: WorkerClient) -> None:
    with pytest.raises(DemoError, match=r"ZeroDivisionError: one by zero \(fails\.py, line \d+\): turn a knob"):
        await collect(client, "fails", how="raises")
    pid = client.pid
    assert (await collect(client, "counts"))[0].figures["pid"] == pid


async def test_what_the_learner_asked_for_wrongly_is_said_as_it_stands(client: WorkerClient) -> None:
    with pytest.raises(UsageError, match=r"^size must be smaller$"):
        await collect(client, "fails", how="usage")
    with pytest.raises(UsageError, match="There is no mps device here"):
        [f async for f in client.run("counts", knobs("counts"), "mps")]


@pytest.mark.parametrize(
    ("how", "line"),
    [("exits", "SystemExit"), ("dies", r"status 7\)"), ("memory", "ran out of memory: turn its sizes down")],
)
async def test_the_run_after_a_broken_one_works(client: WorkerClient, how: str, line: str) -> None:
    with pytest.raises(DemoError, match=line):
        await collect(client, "fails", how=how)
    assert len(await collect(client, "counts")) == 3


async def test_memory_that_ran_out_comes_back_with_a_fresh_process(client: WorkerClient) -> None:
    with pytest.raises(DemoError):
        await collect(client, "fails", how="memory")
    before = client.pid
    assert (await collect(client, "counts"))[0].figures["pid"] != before


async def test_a_killed_worker_is_replaced(client: WorkerClient) -> None:
    run = client.run("counts", knobs("counts", upto=LONG), "cpu")
    os.kill(int((await anext(run)).figures["pid"]), signal.SIGKILL)
    with pytest.raises(DemoError, match=r"ended from outside \(SIGKILL"):
        async for _ in run:
            pass
    assert len(await collect(client, "counts")) == 3


async def test_a_worker_killed_between_runs_is_replaced(client: WorkerClient) -> None:
    pid = int((await collect(client, "counts"))[0].figures["pid"])
    os.kill(pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=5)
    while client.pid == pid:
        await asyncio.sleep(0.01)
    assert len(await collect(client, "counts")) == 3


async def stuck(client: WorkerClient, how: str, sign: Path) -> tuple[AsyncIterator[Frame], int]:
    """A run in the middle of a frame that never ends, and its process id."""
    run = client.run("fails", knobs("fails", how=how, sign=str(sign)), "cpu")
    frame = await anext(run)
    while not sign.exists():
        await asyncio.sleep(0.01)
    return run, int(frame.figures["pid"])


async def test_a_demo_that_computes_without_end_stops_and_torch_stays_warm(
    client: WorkerClient, tmp_path: Path
) -> None:
    run, pid = await stuck(client, "spins", tmp_path / "sign")
    await client.stop()
    assert [frame async for frame in run] == []
    assert client.pid == pid
    assert client.warm


async def test_a_demo_that_hangs_is_killed_and_replaced(client: WorkerClient, tmp_path: Path) -> None:
    _run, pid = await stuck(client, "sleeps", tmp_path / "sign")
    await client.stop()
    assert not psutil.pid_exists(pid)
    assert client.pid not in (None, pid)
    assert len(await collect(client, "counts")) == 3


async def test_a_closed_client_leaves_no_process_and_can_start_again(client: WorkerClient, tmp_path: Path) -> None:
    _run, pid = await stuck(client, "spins", tmp_path / "sign")
    await client.close()
    assert client.pid is None
    assert not psutil.pid_exists(pid)
    assert len(await collect(client, "counts")) == 3


async def test_the_worker_ends_when_the_app_dies(gallery: str) -> None:
    app = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "doomed_app.py"), gallery],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert app.stdout
    worker = psutil.Process(int(app.stdout.readline()))
    app.kill()
    app.wait()
    worker.wait(timeout=5)
