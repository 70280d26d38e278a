"""Random generators that were drawn from on the other side go on here, never to a state chosen there.

Who could choose the state of a generator that a test draws its inputs from would choose the inputs. So a new
state is taken only where drawing leads to it from the old one, which is tried.
"""

import random
from typing import Any

import numpy as np

MOST_BLOCKS = 2_000  # of 624 numbers of 32 bits
MOST_STEPS = 2**40
MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645  # of PCG64, O'Neill 2014
WORD = 2**128


def follow(target: Any, changed: Any) -> None:
    """Have ``target`` go on to the state of ``changed``, of the same type, if drawing leads there."""
    if type(target) is random.Random:
        version, words, _ = target.getstate()
        _, later, _ = changed.getstate()
        if _leads(np.array(words[:-1], np.uint32), words[-1], np.array(later[:-1], np.uint32), later[-1]):
            target.setstate((version, later, None))
    elif type(target) is np.random.RandomState:
        before, after = target.get_state(legacy=False), changed.get_state(legacy=False)
        if {before["bit_generator"], after["bit_generator"]} == {"MT19937"}:
            old, new = before["state"], after["state"]
            if _leads(old["key"], old["pos"], new["key"], new["pos"]):
                target.set_state(("MT19937", new["key"], new["pos"], 0, 0.0))
    elif type(target.bit_generator) is np.random.PCG64:
        _follow_pcg(target.bit_generator, changed.bit_generator.state)


def _leads(words: np.ndarray, place: int, after: np.ndarray, later: int) -> bool:
    """Whether Mersenne Twister's state ``words, place`` becomes ``after, later`` by drawing."""
    if not 0 <= later <= len(words):
        return False
    if np.array_equal(words, after):
        return place <= later
    bits = np.random.MT19937(0)
    bits.state = {"bit_generator": "MT19937", "state": {"key": words, "pos": len(words)}}
    for _ in range(MOST_BLOCKS):
        bits.random_raw(len(words), output=False)
        if np.array_equal(bits.state["state"]["key"], after):
            return True
    return False


def _follow_pcg(bits: Any, after: dict) -> None:
    before = bits.state
    if after.get("bit_generator") != "PCG64" or after["state"]["inc"] != before["state"]["inc"]:
        return
    steps = _distance(before["state"]["state"], after["state"]["state"], before["state"]["inc"])
    if not 0 < steps <= MOST_STEPS:
        if steps == 0 and before["has_uint32"] and not after["has_uint32"]:
            bits.state = before | {"has_uint32": 0, "uinteger": 0}
        return
    bits.advance(steps - 1)  # which forgets a half that was left
    last = int(bits.random_raw())
    if after["has_uint32"] and after["uinteger"] == last >> 32:
        bits.state = bits.state | {"has_uint32": 1, "uinteger": last >> 32}


def _distance(start: int, end: int, increment: int) -> int:
    """The number of steps of the generator from one state to another: bit by bit, from the lowest."""
    multiplier, steps, bit = MULTIPLIER, 0, 1
    while start != end and bit < WORD:
        if (start ^ end) & bit:
            start = (start * multiplier + increment) % WORD
            steps |= bit
        bit <<= 1
        increment = (multiplier + 1) * increment % WORD
        multiplier = multiplier * multiplier % WORD
    return steps
