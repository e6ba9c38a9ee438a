from datetime import timedelta

import fsrs
import fsrs.scheduler
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.errors import UsageError
from cnntutor.memory.parameters import HIGHEST, LOWEST
from cnntutor.memory.settings import OPTIONS, Kind, Option, Settings, option


def values(option: Option) -> st.SearchStrategy:
    match option.kind:
        case Kind.SWITCH:
            return st.booleans()
        case Kind.WHOLE:
            return st.integers(int(option.low), int(option.high))
        case Kind.NUMBER:
            return st.floats(option.low, option.high)
        case Kind.STEPS:
            step = st.integers(1, 86_399).map(lambda n: timedelta(seconds=n))
            return st.lists(step, max_size=4).map(lambda steps: tuple(sorted(steps)))
        case Kind.PARAMETERS:
            return st.just(()) | st.tuples(*(st.floats(low, high) for low, high in zip(LOWEST, HIGHEST, strict=True)))
        case Kind.TEXT:
            return st.sampled_from(["cnntutor-dark", "nord"])
        case Kind.PATH:
            return st.sampled_from(["", "/voices", "/voices/amy.onnx; /voices/joe.onnx"])


@given(st.data())
def test_what_is_shown_can_be_typed_back(data: st.DataObject) -> None:
    chosen = data.draw(st.sampled_from(OPTIONS))
    value = data.draw(values(chosen))
    assert chosen.parse(chosen.show(value)) == value


@given(st.fixed_dictionaries({o.name: values(o) for o in OPTIONS}))
def test_all_settings_survive_being_kept(chosen: dict) -> None:
    settings = Settings(**chosen)
    assert Settings.from_json(settings.as_json()) == settings


def test_every_setting_says_what_it_is_for() -> None:
    for each in OPTIONS:
        assert each.label
        assert each.help.endswith(".")
        assert each.default == getattr(Settings(), each.name)


def test_steps_are_typed_like_times() -> None:
    settings = Settings().changed("learning_steps", "30s 10m 1h")
    assert settings.learning_steps == (timedelta(seconds=30), timedelta(minutes=10), timedelta(hours=1))
    assert Settings().changed("relearning_steps", "").relearning_steps == ()


def test_retention_may_be_typed_as_a_percentage() -> None:
    assert Settings().changed("desired_retention", "85 %").desired_retention == 0.85


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("desired_retention", "1.2", "from 0.7 to 0.97"),
        ("desired_retention", "much", "not a number"),
        ("new_per_day", "-1", "from 0 to 9999"),
        ("new_per_day", "2.5", "not a whole number"),
        ("new_per_day", "nan", "not a whole number"),
        ("learning_steps", "10m 1m", "from short to long"),
        ("learning_steps", "2d", "write it like 30s, 10m or 1h"),
        ("learning_steps", "24h", "planned by FSRS"),
        ("fuzz", "maybe", "neither on nor off"),
        ("parameters", "1 2 3", "21 parameters"),
        ("parameters", "a b", "numbers with a space"),
        ("parameters", "1 " * 7 + "nan " * 14, "number 8, nan, is out of bounds; choose from 0.001 to 0.75"),
        ("parameters", "-1 " * 21, "number 1, -1.0, is out of bounds; choose from 0.001 to 100"),
        ("theme", " ", "cannot be empty"),
        ("colour", "red", "no setting “colour”"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(name: str, text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told) as caught:
        Settings().changed(name, text)
    assert "\n" not in str(caught.value)


def test_settings_made_in_code_are_checked_too() -> None:
    with pytest.raises(UsageError, match="from 0 to 9999"):
        Settings(new_per_day=-3)


@pytest.mark.parametrize("broken", ["", "{", '"text"', "null", "1e999", "99999999", "[1]"])
def test_a_kept_value_that_no_longer_fits_becomes_the_default(broken: str) -> None:
    kept = {"new_per_day": broken, "learning_steps": broken, "fuzz": broken, "unknown": "1"}
    kept["reviews_per_day"] = "55"
    settings = Settings.from_json(kept)
    assert settings.reviews_per_day == 55
    assert settings.new_per_day == Settings().new_per_day
    assert settings.fuzz is True


def test_only_what_plans_cards_reschedules_them() -> None:
    plain = Settings()
    assert plain.reschedules(plain.changed("desired_retention", "0.8"))
    assert not plain.reschedules(plain.changed("new_per_day", "3").changed("theme", "nord"))
    assert option("learning_steps").reschedules


def test_the_bounds_of_parameters_are_those_of_fsrs() -> None:
    assert fsrs.scheduler.LOWER_BOUNDS_PARAMETERS == LOWEST
    assert fsrs.scheduler.UPPER_BOUNDS_PARAMETERS == HIGHEST
    Settings(parameters=tuple(fsrs.scheduler.DEFAULT_PARAMETERS))


@pytest.mark.parametrize("number", ["-1.0", "1e9", "NaN", '"1"', "null"])
def test_kept_parameters_out_of_bounds_become_the_usual_ones(number: str) -> None:
    kept = {"parameters": f"[{', '.join([number] * 21)}]", "new_per_day": "3"}
    assert Settings.from_json(kept) == Settings(new_per_day=3)


def test_changes_can_be_made_to_other_settings() -> None:
    mine, theirs = Settings(), Settings(new_per_day=3, theme="nord")
    changed = theirs.changed_like(mine, mine.changed("fuzz", "off").changed("theme", "gruvbox"))
    assert changed == Settings(new_per_day=3, fuzz=False, theme="gruvbox")


def test_settings_that_plan_alike_share_a_fingerprint() -> None:
    plain = Settings()
    assert plain.fingerprint() == plain.changed("theme", "nord").changed("new_per_day", "3").fingerprint()
    others = [plain.changed("fuzz", "off"), plain.changed("learning_steps", "5m"), plain.changed("fuzz_seed", "4")]
    assert len({plain.fingerprint(), *(other.fingerprint() for other in others)}) == 4
