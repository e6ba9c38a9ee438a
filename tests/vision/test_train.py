from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import cross_entropy

from cnntutor.errors import UsageError
from cnntutor.vision.data import load
from cnntutor.vision.data_set import DataSet, Part
from cnntutor.vision.models import ConvNet
from cnntutor.vision.net_spec import NetSpec
from cnntutor.vision.train import History, Steer, Step, TrainConfig, Trainer, fit, scores
from cnntutor.vision.train_config import Augment


@pytest.fixture(scope="module")
def digits() -> DataSet:
    return load("digits", pictures=200)


def new_net(seed: int = 0, **values: Any) -> ConvNet:
    torch.manual_seed(seed)
    return ConvNet(NetSpec(width=4, **values))


def trained(data: DataSet, on_step: Any = None, **values: Any) -> tuple[ConvNet, History]:
    net = new_net(dropout=values.pop("dropout", 0.0))
    return net, fit(net, data, TrainConfig(**{"epochs": 2, **values}), on_step)


def weights(net: nn.Module) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in net.parameters()])


def test_digits_are_learnt_in_a_few_passes() -> None:
    torch.manual_seed(0)
    net = ConvNet(NetSpec())
    history = fit(net, load("digits"), TrainConfig(epochs=5))
    assert history.evaluations[-1].accuracy > 0.97
    assert history.evaluations[-1].loss < history.evaluations[0].loss


def test_the_same_seed_gives_the_same_run_bit_for_bit(digits: DataSet) -> None:
    values = {"dropout": 0.3, "augment": Augment(shift=0.1, rotate=10, noise=0.1), "seed": 5}
    (one, first), (two, second) = trained(digits, **values), trained(digits, **values)
    assert torch.equal(weights(one), weights(two))
    assert first.losses == second.losses
    assert first.evaluations == second.evaluations


def test_another_seed_gives_another_run(digits: DataSet) -> None:
    assert trained(digits, seed=1)[1].losses != trained(digits, seed=2)[1].losses


@pytest.mark.parametrize("values", [{}, {"optimiser": "adam", "learning_rate": 0.01}, {"optimiser": "adamw"}])
def test_steps_are_those_of_a_plain_loop(digits: DataSet, values: dict[str, Any]) -> None:
    config = TrainConfig(epochs=2, schedule="constant", label_smoothing=0.1, seed=3, **values)
    ours, plain = new_net(), new_net()
    history = fit(ours, digits, config)

    kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    momentum = {"momentum": config.momentum} if config.optimiser == "sgd" else {}
    optimiser = kinds[config.optimiser](
        plain.parameters(), config.learning_rate, weight_decay=config.weight_decay, **momentum
    )
    mean, std = (torch.tensor(values)[:, None, None] for values in (digits.mean, digits.std))
    order, losses = torch.Generator().manual_seed(3), []
    for _ in range(2):
        for rows in torch.randperm(200, generator=order).split(64):
            found = plain((digits.train.x[rows] - mean) / std)
            loss = cross_entropy(found, digits.train.y[rows], label_smoothing=0.1)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
    assert torch.equal(weights(ours), weights(plain))
    assert history.losses == losses


def test_an_evaluation_is_of_the_held_out_pictures_in_eval_mode(digits: DataSet) -> None:
    net, history = trained(digits, dropout=0.5)
    net.eval()
    mean, std = (torch.tensor(values)[:, None, None] for values in (digits.mean, digits.std))
    with torch.no_grad():
        found = net((digits.held_out.x - mean) / std)
    last = history.evaluations[-1]
    assert last.loss == pytest.approx(float(cross_entropy(found, digits.held_out.y)), rel=1e-5)
    assert last.accuracy == pytest.approx(float((found.argmax(1) == digits.held_out.y).float().mean()))


def test_scores_do_not_depend_on_how_many_pictures_are_judged_at_once(
    digits: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = new_net()
    whole = scores(net, digits.held_out.x, digits)
    monkeypatch.setattr("cnntutor.vision.train.VALUES_AT_ONCE", 64 * 7)
    torch.testing.assert_close(scores(net, digits.held_out.x, digits), whole)


def test_train_figures_are_means_over_the_pictures_since_the_last_evaluation(digits: DataSet) -> None:
    _, history = trained(digits)  # 200 pictures: batches of 64, 64, 64 and 8
    last, sizes = history.evaluations[-1], (64, 64, 64, 8)
    assert history.batches[4:] == list(sizes)
    by_hand = sum(loss * size for loss, size in zip(history.losses[4:], sizes, strict=True)) / 200
    assert last.train_loss == pytest.approx(by_hand)
    assert last.train_accuracy * 200 == pytest.approx(round(last.train_accuracy * 200), abs=1e-4)


def test_every_epoch_ends_with_an_evaluation_unless_told_otherwise(digits: DataSet) -> None:
    assert [each.step for each in trained(digits)[1].evaluations] == [4, 8]
    assert [each.step for each in trained(digits, evaluate_every=3)[1].evaluations] == [3, 6, 8]
    assert [each.epoch for each in trained(digits)[1].evaluations] == [1, 2]


def test_the_history_has_every_step_even_while_training_goes_on(digits: DataSet) -> None:
    trainer = Trainer(new_net(), digits, TrainConfig(epochs=5))
    for step in trainer.steps():
        assert trainer.history.losses[-1] == step.loss
        assert len(trainer.history.losses) == len(trainer.history.accuracies) == step.number
    assert step.number == trainer.history.total_steps == 20


def test_a_factor_on_the_learning_rate_takes_effect_from_the_next_step(digits: DataSet) -> None:
    def brake(step: Step) -> Steer | None:
        return Steer(factor=0.1) if step.number == 3 else None

    plain = trained(digits, schedule="constant")[1].learning_rates
    assert trained(digits, brake, schedule="constant")[1].learning_rates == pytest.approx(
        [rate if number <= 3 else rate / 10 for number, rate in enumerate(plain, 1)]
    )


def test_a_factor_of_zero_stops_the_learning_but_not_the_run(digits: DataSet) -> None:
    after: list[torch.Tensor] = []
    net = new_net(norm="none")

    def freeze(_: Step) -> Steer:
        after.append(weights(net).clone())
        return Steer(factor=0)

    history = fit(net, digits, TrainConfig(epochs=2), freeze)
    assert history.steps == 8
    assert torch.equal(after[0], after[-1])


def test_on_step_may_stop_the_run(digits: DataSet) -> None:
    _, history = trained(digits, lambda step: Steer(stop=step.number == 5))
    assert (history.steps, history.stopped) == (5, True)
    assert len(history.losses) == 5
    assert not trained(digits)[1].stopped


def test_a_run_that_was_stopped_ends_with_an_evaluation_of_the_net_as_it_is(digits: DataSet) -> None:
    net, history = trained(digits, lambda step: Steer(stop=step.number == 2))
    said = scores(net, digits.held_out.x, digits).argmax(1)
    assert [each.step for each in history.evaluations] == [2]
    assert history.evaluations[-1].accuracy == pytest.approx(float((said == digits.held_out.y).float().mean()))


def test_who_asks_the_net_something_between_two_steps_does_not_freeze_its_norms(digits: DataSet) -> None:
    def look(_: Step) -> None:
        watched.eval()

    watched, plain = new_net(), new_net()
    fit(watched, digits, TrainConfig(epochs=1), look)
    fit(plain, digits, TrainConfig(epochs=1))
    assert all(torch.equal(*pair) for pair in zip(watched.buffers(), plain.buffers(), strict=True))


@pytest.mark.parametrize("around", [torch.no_grad, torch.inference_mode])
def test_a_net_learns_also_where_the_caller_has_gradients_off(digits: DataSet, around: Any) -> None:
    net, plain = new_net(), trained(digits)[0]
    with around():
        fit(net, digits, TrainConfig(epochs=2))
    assert torch.equal(weights(net), weights(plain))


def test_a_net_keeps_the_mode_that_each_of_its_modules_had(digits: DataSet) -> None:
    net = new_net()
    net.blocks[0].eval()
    before = [module.training for module in net.modules()]
    fit(net, digits, TrainConfig(epochs=1))
    assert [module.training for module in net.modules()] == before
    scores(net, digits.held_out.x, digits)
    assert [module.training for module in net.modules()] == before


def test_batch_norm_learns_its_statistics_whatever_the_mode_before(digits: DataSet) -> None:
    net = new_net().eval()
    fit(net, digits, TrainConfig(epochs=1))
    assert int(net.blocks[0].norm.num_batches_tracked) == 4


def test_random_numbers_of_the_caller_are_left_alone(digits: DataSet) -> None:
    net = new_net(dropout=0.5)
    before = torch.random.get_rng_state()
    fit(net, digits, TrainConfig(epochs=1))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_loss_that_is_no_number_ends_the_run_with_what_to_do(digits: DataSet) -> None:
    what = r"The loss is no longer a number after \d+ steps: set learning_rate below 100, or let it rise longer"
    with pytest.raises(UsageError, match=what):
        fit(new_net(norm="none"), digits, TrainConfig(learning_rate=100, schedule="constant", epochs=20))


def test_one_cycle_which_warms_up_by_itself_is_not_told_to_warm_up(digits: DataSet) -> None:
    with pytest.raises(UsageError, match=r"after \d+ steps: set learning_rate below [\d.]+$"):
        fit(new_net(norm="none"), digits, TrainConfig(learning_rate=100, epochs=20))


def test_weights_that_are_no_numbers_are_not_blamed_on_the_learning_rate(digits: DataSet) -> None:
    net = new_net()
    with torch.no_grad():
        net.head.weight.fill_(math.nan)
    with pytest.raises(UsageError, match="The loss is no number from the start: the net's weights hold NaN"):
        fit(net, digits, TrainConfig())


def test_a_net_that_the_very_last_step_ruined_is_no_result(digits: DataSet) -> None:
    """Every batch's loss was a number: each was taken before its step."""
    net = new_net(norm="none")

    def ruin(step: Step) -> None:
        if step.number == 3:
            net.head.bias.register_hook(lambda slope: slope * math.inf)

    with pytest.raises(UsageError, match="no longer a number after 4 steps"):
        fit(net, digits, TrainConfig(epochs=1), ruin)


def test_sixteen_bits_are_refused_on_a_processor_and_left_off_by_themselves(digits: DataSet) -> None:
    for precision in ("bfloat16", "float16"):
        with pytest.raises(UsageError, match=f"precision {precision} is for a CUDA card, not for cpu"):
            trained(digits, precision=precision)
    assert trained(digits, precision="auto")[1].losses == trained(digits, precision="float32")[1].losses


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA card")
@pytest.mark.parametrize("precision", ["auto", "float32", "bfloat16", "float16"])
def test_a_card_learns_as_well_in_every_precision(precision: Any) -> None:
    torch.manual_seed(0)
    net = ConvNet(NetSpec()).cuda()
    history = fit(net, load("digits"), TrainConfig(epochs=5, precision=precision, augment=Augment(shift=0.05)))
    assert history.evaluations[-1].accuracy > 0.96


@pytest.mark.parametrize("net", [nn.Flatten(), nn.Linear(64, 10).requires_grad_(False)], ids=["none", "frozen"])
def test_a_net_without_weights_to_train_is_refused(digits: DataSet, net: nn.Module) -> None:
    with pytest.raises(UsageError, match="The net has no weights to train"):
        fit(net, digits)


def test_frozen_weights_stay_while_the_others_learn(digits: DataSet) -> None:
    net = new_net()
    net.blocks.requires_grad_(False)
    frozen, head = net.blocks[0].conv.weight.clone(), net.head.weight.clone()
    fit(net, digits, TrainConfig(epochs=1))
    assert torch.equal(net.blocks[0].conv.weight, frozen)
    assert not torch.equal(net.head.weight, head)


class Pair(nn.Linear):
    """Answers with two things."""

    def forward(self, x: torch.Tensor) -> Any:
        return super().forward(x.flatten(1)), None


@pytest.mark.parametrize(
    ("net", "found"),
    [
        (nn.Sequential(nn.Flatten(), nn.Linear(64, 7)), r"\[64, 7\]"),
        (nn.Sequential(nn.Flatten(), nn.Linear(64, 11)), r"\[64, 11\]"),
        (nn.Conv2d(1, 10, 3), r"\[64, 10, 6, 6\]"),
        (Pair(64, 10), "tuple"),
    ],
    ids=["too few", "too many", "maps", "two things"],
)
def test_a_net_that_does_not_answer_with_a_score_for_each_class_is_refused(
    digits: DataSet, net: nn.Module, found: str
) -> None:
    with pytest.raises(UsageError, match=rf"must answer 64 images with scores \[64, 10\], not {found}"):
        fit(net, digits)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_a_net_is_trained_in_its_own_precision(digits: DataSet, dtype: torch.dtype) -> None:
    net = new_net().to(dtype)
    history = fit(net, digits, TrainConfig(epochs=2))
    assert net.head.weight.dtype == dtype
    assert history.losses == pytest.approx(trained(digits)[1].losses, abs=1e-5 if dtype == torch.float64 else 0.1)


def test_any_module_and_any_tensors_can_be_trained() -> None:
    x = torch.rand(600, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    y = (x[:, 0].mean((1, 2)) > x[:, 1].mean((1, 2))).long()
    data = DataSet.of("redder", Part(x[:500], y[:500]), Part(x[500:], y[500:]), ("no", "yes"))
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(48, 2))
    history = fit(net, data, TrainConfig(epochs=10))
    assert history.best_accuracy > 0.9
    assert history.curves()["accuracy"] == [each.accuracy for each in history.evaluations]


def test_a_single_picture_that_is_left_over_makes_no_step() -> None:
    deep = new_net(blocks=4)  # its last maps are one cell: a batch of one has no statistics there
    data = load("digits", pictures=65)
    assert fit(deep, data, TrainConfig(epochs=2)).batches == [64, 64]


@given(st.integers(2, 10_000), st.integers(2, 300))
def test_steps_per_epoch_count_the_batches_of_two_or_more(pictures: int, batch_size: int) -> None:
    batches = [min(batch_size, pictures - start) for start in range(0, pictures, batch_size)]
    assert TrainConfig(batch_size=batch_size).steps_per_epoch(pictures) == sum(size > 1 for size in batches)


def test_before_the_first_step_there_is_no_train_loss(digits: DataSet) -> None:
    trainer = Trainer(new_net(), digits, TrainConfig())
    assert math.isnan(trainer.evaluate().train_loss)
    assert trainer.history.curves()["loss"] == []
    assert trainer.probabilities.sum(1).tolist() == pytest.approx([1] * 360, abs=1e-5)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"learning_rate": 0}, "learning_rate must be from 1e-07 to 100, not 0"),
        ({"batch_size": 1}, "batch_size must be from 2 to 65536, not 1"),
        ({"optimiser": "adam2"}, "optimiser must be sgd, adam, adamw, not “adam2”"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        TrainConfig(**values)
