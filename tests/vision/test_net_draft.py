from __future__ import annotations

from cnntutor.vision.net_draft import Draft
from cnntutor.vision.net_text import MOST_BLOCKS, kind, parse


def draft(text: str, at: int = 0, place: int = 0) -> Draft:
    return Draft(parse(text), at, place)


def test_a_new_block_comes_behind_the_chosen_one_and_is_chosen() -> None:
    made = draft("conv 8 k3 | relu").add(kind("norm"))
    assert (made.text, made.at) == ("conv 8 k3 | norm | relu", 1)
    assert made.add(kind("conv")).text == "conv 8 k3 | norm | conv 16 k3 p1 | relu"


def test_a_full_net_takes_no_more() -> None:
    full = draft("relu " * MOST_BLOCKS)
    assert full.add(kind("relu")) == full


def test_the_block_behind_a_removed_one_is_chosen_and_the_last_one_stays() -> None:
    made = draft("relu | tanh | norm", at=1).remove()
    assert (made.text, made.at) == ("relu | norm", 1)
    made = made.remove()
    assert (made.text, made.at) == ("relu", 0)
    assert made.remove() == made


def test_a_block_moves_with_the_cursor_and_stops_at_the_ends() -> None:
    made = draft("relu | tanh | norm").move(1)
    assert (made.text, made.at) == ("tanh | relu | norm", 1)
    assert (made.move(5).text, made.move(5).at) == ("tanh | norm | relu", 2)
    assert made.move(-5).text == "relu | tanh | norm"


def test_numbers_turn_double_and_are_set_within_their_limits() -> None:
    conv = draft("conv 16 k3")
    assert conv.turn(1).text == "conv 17 k3"
    assert (conv.scale(1).text, conv.scale(-1).text) == ("conv 32 k3", "conv 8 k3")
    assert conv.set_to(99999).text == "conv 4096 k3"
    assert conv.next_number().turn(-9).text == "conv 16 k1"
    assert conv.next_number(-1).turn(-1).text == "conv 16 k3 b0"
    assert draft("dropout 0.5").turn(-2).text == "dropout 0.4"
    assert draft("relu").turn(1).scale(1).set_to(3).next_number() == draft("relu")


def test_the_cursor_stays_near_when_other_blocks_are_typed() -> None:
    made = draft("conv 8 k3 | pool 2 | relu", at=2).retyped(parse("conv 8 k3 | pool 3"))
    assert (made.at, made.place, made.text) == (1, 0, "conv 8 k3 | pool 3")
    assert draft("conv 8 k3 | relu", place=4).choose(1).place == 0
