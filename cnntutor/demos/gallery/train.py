"""train: a small CNN learns before the learner's eyes, and everything about it can be turned."""

from __future__ import annotations

import shlex
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from cnntutor import paths
from cnntutor.demos.knobs import values_of
from cnntutor.demos.protocol import LIVE, Frame, Knobs, Prediction, demo, in_group
from cnntutor.errors import UsageError
from cnntutor.vision import checkpoints, data_sources
from cnntutor.vision.net_spec import Activation, Head, NetSpec, Norm, Pooling
from cnntutor.vision.train_config import Augment, Optimiser, Precision, Schedule, TrainConfig

if TYPE_CHECKING:
    import torch

    from cnntutor.demos.gallery._train_frames import Watch
    from cnntutor.vision.data_set import DataSet
    from cnntutor.vision.models import ConvNet

SHOWN_EVERY = 0.15
"""Seconds from one frame to the next, evaluations aside."""

JUDGED_EVERY = 250
"""Steps after which a long epoch is interrupted for an evaluation."""

_NET = in_group("net")
_TRAINING = in_group("training")
_AUGMENTATION = in_group("augmentation")


class TrainKnobs(Knobs):
    """What is learnt from, what learns, and how."""

    data: str = Field("digits", description="a set by name, or a folder with one folder a class")
    side: int = Field(0, ge=0, le=256, description="pixels a side to resize to; 0: as they come, a folder's at 32")
    pictures: int = Field(0, ge=0, le=60_000, description="to learn from at most; 0: all")
    blocks: int = Field(2, ge=1, le=8, description="convolution, norm, activation, pooling", json_schema_extra=_NET)
    width: int = Field(16, ge=1, le=512, description="filters of the first block; then doubled", json_schema_extra=_NET)
    kernel: int = Field(3, ge=1, le=11, description="taps on a side, odd", json_schema_extra=_NET)
    norm: Norm = Field("batch", description="what evens out the activations", json_schema_extra=_NET)
    activation: Activation = Field("relu", description="what bends the sums", json_schema_extra=_NET)
    pooling: Pooling = Field("max", description="what halves the side", json_schema_extra=_NET)
    dropout: float = Field(0.0, ge=0, le=0.9, description="share dropped before the head", json_schema_extra=_NET)
    residual: bool = Field(False, description="a shortcut around each convolution", json_schema_extra=_NET)
    head: Head = Field("gap", description="sees each map's mean, or every cell", json_schema_extra=_NET)
    start: str = Field("", description="a trained net to go on from, instead of a new one", json_schema_extra=_NET)
    learning_rate: float = Field(
        0.1,
        ge=1e-5,
        le=10,
        description="the schedule's largest; 0.1 suits sgd, 0.005 adam",
        json_schema_extra=in_group("training", **LIVE),
    )
    optimiser: Optimiser = Field("sgd", description="how gradients become steps", json_schema_extra=_TRAINING)
    momentum: float = Field(0.9, ge=0, le=0.999, description="of sgd", json_schema_extra=_TRAINING)
    weight_decay: float = Field(5e-4, ge=0, le=1, description="pulls weights to zero", json_schema_extra=_TRAINING)
    schedule: Schedule = Field("one-cycle", description="of the learning rate", json_schema_extra=_TRAINING)
    warm_up: int = Field(0, ge=0, le=10_000, description="steps of rising first", json_schema_extra=_TRAINING)
    label_smoothing: float = Field(0.0, ge=0, le=0.9, description="spread over classes", json_schema_extra=_TRAINING)
    batch_size: int = Field(64, ge=2, le=4096, description="pictures a step", json_schema_extra=_TRAINING)
    epochs: int = Field(30, ge=1, le=1000, description="passes over the pictures", json_schema_extra=_TRAINING)
    precision: Precision = Field("auto", description="16 bits need a CUDA card", json_schema_extra=_TRAINING)
    shift: float = Field(0.0, ge=0, le=0.5, description="by this share of the side", json_schema_extra=_AUGMENTATION)
    rotate: float = Field(0.0, ge=0, le=180, description="by up to so many degrees", json_schema_extra=_AUGMENTATION)
    flip: bool = Field(False, description="every second picture mirrored", json_schema_extra=_AUGMENTATION)
    noise: float = Field(0.0, ge=0, le=1, description="deviation added to each pixel", json_schema_extra=_AUGMENTATION)
    against: str = Field("", description="a trained net to compare with", json_schema_extra=in_group("compare"))

    @model_validator(mode="after")
    def _possible(self) -> TrainKnobs:
        source = data_sources.source(self.data)
        if self.flip and not source.mirrors:
            raise UsageError(f"flip would make other signs of {source.title}: leave it off")
        for net in filter(None, (self.start, self.against)):
            checkpoints.known(net)
        self.spec(source.channels, self.side or source.side, len(source.class_names))
        self.config(seed=0, pictures=0)
        return self

    def spec(self, channels: int, side: int, classes: int) -> NetSpec:
        """The net for pictures like these."""
        return NetSpec(
            self.blocks,
            self.width,
            self.kernel,
            self.norm,
            self.activation,
            self.pooling,
            self.dropout,
            self.residual,
            self.head,
            channels,
            side,
            classes,
        )

    def config(self, seed: int, pictures: int) -> TrainConfig:
        """How to train on so many pictures."""
        config = TrainConfig(
            optimiser=self.optimiser,
            learning_rate=self.learning_rate,
            momentum=self.momentum,
            weight_decay=self.weight_decay,
            schedule=self.schedule,
            warm_up=self.warm_up,
            label_smoothing=self.label_smoothing,
            augment=Augment(self.shift, self.rotate, self.flip, self.noise),
            precision=self.precision,
            batch_size=self.batch_size,
            epochs=self.epochs,
            seed=seed,
        )
        often = config.steps_per_epoch(pictures) > JUDGED_EVERY
        return replace(config, evaluate_every=JUDGED_EVERY) if often else config


def _predict(knobs: TrainKnobs) -> Prediction:
    limits = (0.99, 0.95, 0.8)

    def judge(frame: Frame) -> int | None:
        accuracy = frame.figures.get("accuracy")
        return None if accuracy is None else sum(accuracy < limit for limit in limits)

    return Prediction(
        f"The net sees its pictures of {data_sources.source(knobs.data).title} {_times(knobs.epochs)}. Of those that it"
        " never sees, which share will it name wrong in the end?",
        ("at most 1 %", "1–5 %", "5–20 %", "more than 20 %"),
        judge,
        why="One set of small kernels serves every place of every picture, so each example teaches the whole layer: a"
        " net with few weights needs few examples. The pictures held out are the ones to count, for a net may know by"
        " heart what it was shown.",
    )


def _constants(knobs: TrainKnobs, seed: int) -> Mapping[str, object]:
    """Where the pictures lie, and of which kind they are; what the pictures are like already is left alone."""
    source = data_sources.source(knobs.data)
    if source.folder:
        return {"SOURCE": "folder", "DATA": str(source.folder.absolute()), "SIDE": knobs.side or source.side}
    data = paths.assets_dir() / "data" / "digits.npz" if source.name == "digits" else paths.data_dir() / "datasets"
    return {"SOURCE": source.name, "DATA": str(data), "SIDE": 0 if knobs.side == source.side else knobs.side}


@demo(
    "train",
    topic="train-a-cnn",
    title="Train a CNN and watch it learn",
    promise="See the filters form, the curves bend and the mistakes thin out, step by step.",
    constants=_constants,
    predict=_predict,
    keep=checkpoints.keep,
)
def train(knobs: TrainKnobs, device: torch.device) -> Iterator[Frame]:
    """Frames by the clock and at every evaluation, each of which also saves the net as `last`."""
    from cnntutor.vision.train import Steer

    data = yield from _data(knobs)
    watch = _watch(knobs, data, device)
    trainer, scheduled, made_by = watch.trainer, knobs.learning_rate, _made_by(knobs)
    trainer.evaluate()
    yield watch.frame()
    shown = time.perf_counter()
    for step in trainer.steps():
        if step.evaluation:
            checkpoints.save(watch.checkpoint(made_by))
        if step.evaluation or time.perf_counter() - shown >= SHOWN_EVERY:
            yield watch.frame()
            shown = time.perf_counter()
        trainer.steer(Steer(factor=knobs.learning_rate / scheduled))


def _data(knobs: TrainKnobs) -> Generator[Frame, None, DataSet]:
    """The pictures; what takes time is shown."""
    from cnntutor.vision import data

    loading = data.loading(knobs.data, side=knobs.side, pictures=knobs.pictures)
    shown = 0.0
    while True:
        try:
            progress = next(loading)
        except StopIteration as done:
            found: DataSet = done.value
            return found
        if time.perf_counter() - shown >= SHOWN_EVERY:
            yield Frame(caption=f"{progress.what} …", progress=progress.share)
            shown = time.perf_counter()


def _watch(knobs: TrainKnobs, data: DataSet, device: torch.device) -> Watch:
    import torch

    from cnntutor.demos.gallery._train_frames import Watch
    from cnntutor.vision.models import ConvNet
    from cnntutor.vision.train import Trainer

    against = checkpoints.load(knobs.against) if knobs.against else None
    if knobs.start:
        net, data = _started(knobs.start, data)
    else:
        net = ConvNet(knobs.spec(data.channels, data.side, len(data.class_names)))
    config = knobs.config(torch.initial_seed(), len(data.train))
    return Watch(net, Trainer(net.to(device), data, config), knobs.data, knobs.against, against)


def _started(name: str, data: DataSet) -> tuple[ConvNet, DataSet]:
    """A trained net to go on from, and the data as it is used to seeing them.

    Raises:
        UsageError: it is made for other pictures.
    """
    start = checkpoints.load(name)
    spec = start.spec
    wanted, given = (
        (spec.in_channels, spec.side, spec.classes),
        (data.channels, data.side, len(data.class_names)),
    )
    if wanted != given:
        raise UsageError(
            f"start: {name} is made for {_pictures(*wanted)}, and {data.name} has {_pictures(*given)}: choose another"
        )
    return start.model(), replace(data, mean=start.mean, std=start.std)


def _pictures(channels: int, side: int, classes: int) -> str:
    return f"{'grey' if channels == 1 else f'{channels}-channel'} pictures of {side} pixels in {classes} classes"


def _made_by(knobs: TrainKnobs) -> str:
    """The command that trains this net again."""
    import torch

    fields = type(knobs).model_fields
    turned = [f"{name}={value}" for name, value in values_of(knobs).items() if value != fields[name].default]
    settings = "".join(f" --set {shlex.quote(setting)}" for setting in turned)
    return f"cnntutor demo run train{settings} --seed {torch.initial_seed()}"


def _times(epochs: int) -> str:
    return "once" if epochs == 1 else f"{epochs} times"
