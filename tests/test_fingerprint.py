from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from archive.arabic import tokens
from archive.likeness import fingerprint

LONG = [f"كلمة{chr(0x0628 + n % 20)}{chr(0x0628 + n // 20)}" for n in range(300)]
letters = st.text(alphabet="ابتثجحخدرسنهويةىأإآء0123", min_size=1, max_size=9)


def shares_a_band(one: list[str], other: list[str]) -> bool:
    first, second = fingerprint.signatures([one, other])
    return bool(set(fingerprint.bands(first)) & set(fingerprint.bands(second)))


def test_two_spellings_of_a_name_have_one_skeleton() -> None:
    for one, other in [("لافرنتييف", "لافرينتييف"), ("أستانا", "أستانة"), ("أستانا", "آستانا"), ("سوريا", "سورية")]:
        assert {fingerprint.skeleton(t) for t in tokens(one)} == {fingerprint.skeleton(t) for t in tokens(other)}


def test_short_words_and_numbers_keep_every_letter() -> None:
    assert [fingerprint.skeleton(word) for word in ("وفد", "وفود", "12345", "قال")] == ["وفد", "وفود", "12345", "قال"]


@given(letters)
def test_a_skeleton_of_a_word_is_never_empty(word: str) -> None:
    assert fingerprint.skeleton(word)


def test_shingles_are_runs_of_words_and_a_shorter_text_is_one() -> None:
    assert fingerprint.shingles(["a", "b", "c"], 2) == fingerprint.shingles("ab", 2) | fingerprint.shingles("bc", 2)
    assert len(fingerprint.shingles(["a", "b", "a", "b"], 2)) == 2
    assert len(fingerprint.shingles(["a", "b"], 5)) == 1
    assert fingerprint.shingles([], 5) == frozenset()


@given(st.lists(letters, min_size=1, max_size=70), st.sampled_from([1, 2, 5]))
def test_a_run_has_one_number_wherever_it_stands_and_whatever_stands_around_it(text: list[str], width: int) -> None:
    found = fingerprint.runs(text, width)
    assert len(found) == max(1, len(text) - width + 1)
    assert found == tuple(fingerprint.runs(text[at : at + width], width)[0] for at in range(len(found)))


def test_other_words_or_another_order_of_words_make_another_run() -> None:
    every = {fingerprint.runs(order)[0] for order in permutations("ابتثج")}
    assert len(every) == 120
    assert len({fingerprint.runs([*"ابتث", word])[0] for word in LONG}) == len(LONG)


def test_likeness_is_exact() -> None:
    alike = fingerprint.likeness(frozenset(range(4)), frozenset(range(2, 8)))
    assert (alike.jaccard, alike.containment) == (0.25, 0.5)
    assert fingerprint.likeness(frozenset(), frozenset()).jaccard == 0


def test_sketches_agree_about_as_much_as_texts_are_alike() -> None:
    one, other, third = (
        fingerprint.sketch(signature)
        for signature in fingerprint.signatures([LONG[:200], LONG[:100] + LONG[200:], LONG[200:]])
    )
    assert fingerprint.agreement(one, one) == fingerprint.PERMUTATIONS
    assert 0.2 < fingerprint.agreement(one, other) / fingerprint.PERMUTATIONS < 0.45  # Jaccard .32
    assert fingerprint.agreement(one, third) < fingerprint.AGREEING


def test_a_signature_is_the_same_every_time_and_everywhere() -> None:
    first = fingerprint.signatures([LONG])[0]
    assert fingerprint.signatures([LONG, LONG[:40]])[0] == first
    assert len(first) == fingerprint.PERMUTATIONS
    # Pinned: another value here means that stored signatures can no longer be compared, and SCHEME must change.
    assert fingerprint.SCHEME == "rensa-rminhash2-w3-p128-b64x2-s20170123-skeleton1-n64"
    assert fingerprint.signatures([["محادثات", "استانا"]])[0][:3] == [3957508835, 3696347018, 3365747032]
    assert fingerprint.bands(fingerprint.signatures([["محادثات", "استانا"]])[0])[0] == -2571054512774919453


def test_an_empty_text_meets_nobody() -> None:
    assert fingerprint.bands(fingerprint.signatures([[]])[0]) == ()
    assert fingerprint.signatures([]) == []


def test_texts_that_share_three_tenths_of_their_shingles_meet_in_a_band() -> None:
    met = 0
    for start in range(0, 100, 5):
        one, other = LONG[start : start + 150], LONG[start + 75 : start + 225]
        met += shares_a_band(one, other)
    assert met == 20


def test_a_flash_meets_its_equal_with_a_word_in_front_and_no_long_text_that_prints_it() -> None:
    flash = LONG[:9]
    assert shares_a_band(flash, ["عاجل", *flash])
    assert not shares_a_band(flash, LONG)


def test_band_keys_fit_a_signed_64_bit_column() -> None:
    keys = fingerprint.bands(fingerprint.signatures([LONG])[0])
    assert len(set(keys)) == fingerprint.BANDS
    assert all(-(2**63) <= key < 2**63 for key in keys)


def test_keys_and_sketches_of_many_texts_are_those_of_each() -> None:
    signed = fingerprint.signatures([LONG, LONG[:40], LONG[:2]])
    values = fingerprint.packed(signed)
    assert fingerprint.sketches(values) == b"".join(map(fingerprint.sketch, signed))
    rows = zip(*(zip(*columns, strict=True) for columns in fingerprint.columns(values)), strict=True)
    keys = [tuple(int.from_bytes(bytes(key), "big", signed=True) for key in row) for row in rows]
    assert keys == [fingerprint.bands(each) for each in signed]
