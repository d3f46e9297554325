"""Whatever bytes come: they are read or refused with a reason, quickly, and what is made of them is valid FHIR."""

import io
import re
import time
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from throughcare.community import hospital
from throughcare.faults import Malformed
from throughcare.fhir import json, validate
from throughcare.intake.hl7v2 import frames
from throughcare.intake.hl7v2.answers import Fate, Outcome, answers
from throughcare.intake.hl7v2.message import Message
from throughcare.intake.hl7v2.said import Said
from throughcare.intake.hl7v2.take import taken
from throughcare.intake.hl7v2.text import decoded
from throughcare.intake.hl7v2.things import FOLDS, things
from throughcare.intake.shapes import without_blanks

from .test_hl7_fold import BEGINS

ZONE = ZoneInfo("America/New_York")
WORDS = [
    b"|", b"^", b"~", b"\\", b"&", b"\r", b"\n", b"\x0b", b"\x1c", b"\0", b'""', b"MSH|^~\\&|", b"PID|", b"\\X0D\\",
    b"99999999999999999999", b"20260230", b"\xff\xfe", b"\xc3\xb1", b"A40", b"MRG|1^^^H^MR\r", b"1e9999", b"NaN",
    b"\\" * 50, b"\x01\x02", "\u202e".encode(), b"OBX|1|NM|1||1e400\r", b" " * 30,
]  # fmt: skip
SEEDS = [
    b"MSH|^~\\&|A|H|B|C|20260101||ORU^R01|1|P|2.5\rPID|1||7^^^H^MR||Eze^Ana\rOBR|1|2|3|4-5^x^LN\r"
    b"OBX|1|NM|8867-4^p^LN||72|/min^^UCUM|60-90|N|||F\rOBX|2|SN|1^a^L||<^3\rOBX|3|CE|2^b||5^c^SCT\r",
    b"MSH|^~\\&|A|H|B|C|20260101||VXU^V04|2|P|2.5\rPID|1||7^^^H^MR||Eze^Ana\rORC|RE||9\rRXA|0|1|20260101||140^f^CVX|0.5\r",
    b"MSH|^~\\&|A|H|B|C|20260101||SIU^S12|3|P|2.5\rSCH|1|2|||||||30|min|^^^20260102||||||||||||||Booked\rPID|1||7^^^H^MR\r",
    b"MSH|^~\\&|A|H|B|C|20260101||MDM^T02|4|P|2.5\rPID|1||7^^^H^MR\rTXA|1|DS|TX|20260101||||||||8\r"
    b"OBX|1|TX|||Went well\r",
    b"MSH|^~\\&|A|H|B|C|20260101||RDE^O11|5|P|2.5\rPID|1||7^^^H^MR\rORC|NW|1\rRXE||197361^a^RXNORM|1||TAB\r",
    b"MSH|^~\\&|A|H|B|C|20260101||ADT^A40|6|P|2.5\rPID|1||7^^^H^MR\rMRG|8^^^H^MR\rNK1|1|Eze^Ben|CHD\rIN1|1|P|C|Payer\r",
]  # fmt: skip


def whole(data: bytes) -> None:
    """All that happens to a message: it may be refused, never more."""
    try:
        message = taken(data, "s", ZONE)
    except Malformed as fault:
        assert fault.what and not re.search(r"Eze|Ana", fault.what)
        return
    said = Said(message.body, "s", ZONE)
    assert said.digest == message.digest
    for (kind, id), spoken in things(said):
        for resource in FOLDS[kind](id, [spoken]):
            validate.check(json.write(without_blanks(resource)))


def mutated(chance: Random, data: bytes) -> bytes:
    """Cut, doubled, swapped, or with a word put in or over, one to six times."""
    for _ in range(chance.randrange(1, 7)):
        at, to = sorted((chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)))
        way = chance.randrange(5)
        word = chance.choice(WORDS)
        any_byte = bytes([chance.randrange(256)])
        data = [data[:at] + word + data[at:], data[:at] + word + data[at + len(word) :], data[:at] + data[to:],
                data[:to] + data[at:to] + data[to:], data[:at] + any_byte + data[at:]][way]  # fmt: skip
        data = data[:20_000]
    return data


def test_thousands_of_broken_messages_are_read_or_refused_and_nothing_is_invalid() -> None:
    told = hospital.tell(hospital.guests(3, 1), 1, BEGINS)
    seeds, chance, began = [*SEEDS, *(data for _, data in told.messages)], Random(20260317), time.monotonic()
    for number in range(3000):
        data = mutated(chance, chance.choice(seeds))
        whole(data)
        assert number < 1000 or time.monotonic() - began < 120
        for outcome in (Outcome(Fate.TAKEN), Outcome(Fate.ERROR, "a|b^c\r"), Outcome(Fate.REJECTED, "x")):
            for answer in answers(data, outcome, always_original=True):
                assert answer.startswith(b"MSH") and answer.count(b"\rMSA") == 1 and not {0x0B, 0x1C} & set(answer)


@settings(max_examples=600, deadline=2000)
@given(st.binary(max_size=4000))
def test_any_bytes_are_framed_and_nothing_but_frames_and_ends_is_lost(data: bytes) -> None:
    around = re.compile(rb"[\x0b\x0c\x1c\r\n \t]")
    found = b"".join(one.data for one in frames.messages(io.BytesIO(data)))
    kept = around.sub(b"", found)
    assert len(kept) <= len(data)
    if not re.search(rb"FHS|BHS|BTS|FTS|\x1c", data):
        assert kept == around.sub(b"", data)


@settings(max_examples=600, deadline=2000)
@given(
    st.lists(st.sampled_from([w for w in WORDS if w not in (b"\0", b"\x0b", b"\x1c")] + [b"Eze", b"1"]), max_size=60)
)
def test_words_of_the_format_in_any_order_never_break_the_reader(words: list[bytes]) -> None:
    whole(b"MSH|^~\\&|A|H|B|C|20260101||ADT^A01|1|P|2.5\rPID|1||7^^^H^MR||Eze^Ana\rPV1|1|I\r" + b"".join(words))


@settings(max_examples=400)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_text_comes_back_as_it_was_in_every_set_that_holds_it(text: str) -> None:
    text = text.strip()
    escaped = "".join({"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\"}.get(c, c) for c in text)
    for name, codec in (("UNICODE UTF-8", "utf-8"), ("8859/1", "iso8859-1"), ("8859/5", "iso8859-5"), ("", "utf-8"),
                        ("GB 18030-2000", "gb18030")):  # fmt: skip
        try:
            data = f"MSH|^~\\&|A|B|||||||P|2.5||||||{name}\rPID|||||{escaped}\r".encode(codec)
        except UnicodeEncodeError:
            continue
        pid = Message(decoded(data)).first("PID")
        assert pid is not None and pid.text(5).split() == ("" if text == '""' else text).split()


def test_a_large_message_is_refused_and_a_long_one_is_quick() -> None:
    head = b"MSH|^~\\&|A|H|B|C|20260101||ADT^A28|1|P|2.5\rPID|1||7^^^H^MR\r"
    many = head + b"NK1|1|Eze^Ben|CHD\r" * 20_000
    began = time.monotonic()
    whole(many)
    assert time.monotonic() - began < 5
    for data in (head + b"NK1|" * 20 + b"x" * (17 * 2**20), head + b"NK1|1\r" * 60_000):
        [one] = frames.messages(io.BytesIO(data))
        try:
            taken(one.data, "s", ZONE)
        except Malformed as fault:
            assert "longer than" in fault.what or "more than" in fault.what
        else:
            raise AssertionError("it was taken")
