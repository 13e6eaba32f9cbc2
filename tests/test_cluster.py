import random
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.arabic import tokens
from archive.cluster import Decided, Edge, Member, canonical, components, strongest
from archive.likeness import telling
from archive.likeness.beside import Beside, Laid
from archive.likeness.copies import BEHIND, Piece, Refusal, Verdict, compare
from archive.likeness.fingerprint import Likeness, numbers
from archive.records import EdgeKind, Kind
from crawler.newsroom import press
from tests import newsroom_truth

DAY = datetime(2017, 9, 14, tzinfo=UTC)
LEAD = (
    "اختتمت في العاصمة الكازاخستانية اليوم الجولة السادسة من المحادثات حول سوريا باتفاق الدول الضامنة على رسم حدود "
    "منطقة رابعة لخفض التصعيد تنتشر فيها قوات مراقبة من البلدان الثلاثة لمدة نصف عام قابلة للتمديد"
)
BODY = (
    "وقال رئيس الوفد الروسي ألكسندر لافرنتييف للصحفيين إن الخرائط باتت جاهزة وإن المراقبين سيصلون تباعا إلى نقاط "
    "التماس، مشيرا إلى أن العمل يجري على إنشاء مركز تنسيق مشترك يتلقى البلاغات عن الخروقات ويحقق فيها"
)
TAIL = (
    "ورحبت الأمم المتحدة بالنتائج ودعت إلى فتح الطرق أمام قوافل الإغاثة، بينما تحفظ وفد المعارضة على دور إحدى "
    "الدول الضامنة وطالب بضمانات مكتوبة تنص على وقف القصف الجوي وإطلاق سراح الموقوفين"
)
OTHER = (
    "في شأن آخر أعلنت بلدية المدينة بدء أعمال توسيع الطريق الدائري الشمالي بكلفة كبيرة تمولها المصارف المحلية، "
    "وتوقعت أن تنتهي المرحلة الأولى قبل حلول الشتاء المقبل إذا سمحت الأحوال الجوية بمواصلة العمل ليلا"
)
MORE = (
    "على صعيد منفصل افتتح مهرجان للأفلام الوثائقية دورته الجديدة بعرض شريط عن صيادي البحيرات، ويشارك في المسابقة "
    "مخرجون شباب من بلدان عدة يتنافسون على جوائز تقدمها لجنة تحكيم يرأسها ناقد معروف في العاصمة"
)
OWN = (
    "وأمضى مراسلنا ساعات في أروقة الفندق حيث انتظر عشرات الصحفيين بيانا تأخر مرارا، بينما تبادل الدبلوماسيون نسخا من "
    "المسودة وفيها فقرات شطبت وأعيدت كتابتها أكثر من مرة قبل أن يستقر الجميع على صيغتها الأخيرة قبيل منتصف الليل"
)
PLANE = (
    "وصلت إلى المطار صباح اليوم الطائرة الإغاثية {} ضمن الجسر الجوي الذي تسيره هيئة الإغاثة لنقل المساعدات إلى "
    "المتضررين، وعلى متنها {} طنا من المواد الغذائية والطبية والخيام، وكان في استقبالها مدير المطار وعدد من "
    "المسؤولين الذين أكدوا أن توزيع الحمولة سيبدأ فورا بالتعاون مع المنظمات المحلية"
)


def piece(*paragraphs: str, kind: Kind = Kind.NEWS, day: int = 0) -> Piece:
    at = DAY + timedelta(days=day)
    return Piece.of(tokens("\n\n".join(paragraphs)), kind, at, at + timedelta(minutes=1))


def edge(one: Piece, other: Piece) -> EdgeKind | Refusal | None:
    verdict = compare(one, other)
    return verdict.edge or verdict.refusal


def test_an_equal_text_is_a_copy_whatever_its_length() -> None:
    assert edge(piece(LEAD, BODY), piece(LEAD, BODY)) is EdgeKind.COPY
    assert edge(piece("وصول الوفود إلى أستانا"), piece("وصول الوفود إلى أستانا")) is EdgeKind.COPY


@pytest.mark.parametrize(
    ("said", "put"),
    [("لافرنتييف", "لافرينتييف"), ("سوريا", "سورية"), ("المحادثات", "المُحادثــات"), ("الثلاثة", "الثلاث")],
)
def test_another_spelling_does_not_hide_a_copy(said: str, put: str) -> None:
    assert edge(piece(LEAD, BODY, TAIL), piece(LEAD.replace(said, put), BODY.replace(said, put), TAIL)) is EdgeKind.COPY


def test_a_trimmed_text_is_a_copy() -> None:
    assert edge(piece(LEAD, BODY, TAIL), piece(LEAD)) is EdgeKind.COPY
    assert edge(piece(LEAD, BODY, TAIL), piece(LEAD, TAIL)) is EdgeKind.COPY


def test_a_paragraph_of_the_outlets_own_leaves_a_copy() -> None:
    assert edge(piece(LEAD, BODY, TAIL), piece(LEAD, OWN, BODY, TAIL)) is EdgeKind.COPY
    assert edge(piece(LEAD, BODY, TAIL), piece(OWN, LEAD, BODY, TAIL)) is EdgeKind.COPY


def test_another_dateline_leaves_a_copy() -> None:
    assert edge(piece(f"أستانا (وصلة) - {LEAD}", BODY), piece(f"موسكو - وكالات - {LEAD}", BODY)) is EdgeKind.COPY


def test_an_item_inside_a_longer_piece_is_a_part_and_says_which_is_inside() -> None:
    item, round_up = piece(LEAD, BODY), piece(OTHER, MORE, LEAD, BODY, OTHER[::-1], MORE[::-1])
    assert edge(item, round_up) is EdgeKind.PART
    assert compare(item, round_up).inner == 0
    assert compare(round_up, item).inner == 1


def test_a_longer_text_that_opens_with_an_item_and_tells_more_of_it_is_a_copy() -> None:
    assert edge(piece(LEAD, BODY), piece(LEAD, BODY, TAIL, OWN, OWN[::-1])) is EdgeKind.COPY
    assert edge(piece(LEAD, BODY), piece(OWN[::-1], OWN, TAIL, LEAD, BODY)) is EdgeKind.PART
    article = " ".join(f"كلمة{number}" for number in range(BEHIND))
    assert edge(piece(*[LEAD, BODY, TAIL] * 4), piece(*[LEAD, BODY, TAIL] * 4, article)) is EdgeKind.PART
    assert edge(piece(LEAD), piece(LEAD, " ".join(article.split()[: 5 * len(LEAD.split())]))) is EdgeKind.PART


def test_a_round_up_known_as_one_holds_even_its_first_item_as_a_part() -> None:
    assert edge(piece(LEAD, BODY), piece(LEAD, BODY, OWN, kind=Kind.ROUND_UP)) is EdgeKind.PART
    assert edge(piece(LEAD, BODY), piece(LEAD, BODY, OWN)) is EdgeKind.COPY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("الرابعة", "12"), ("الخامسة", "12")),
        (("الرابعة", "12"), ("الرابعة عشرة", "12")),
        (("الرابعة", "12"), ("الرابعة", "15")),
        (("من روسيا", "عشرة"), ("من تركيا", "عشرة")),
        (("من تشاد", "عشرة"), ("من النيجر", "عشرة")),
        (("الروسية", "عشرة"), ("التركية", "عشرة")),
        (("يوم الخميس", "عشرة"), ("يوم الجمعة", "عشرة")),
        (("في أيلول", "عشرة"), ("في آذار", "عشرة")),
    ],
)
def test_a_template_filled_in_anew_is_no_copy(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert edge(piece(PLANE.format(*one)), piece(PLANE.format(*other))) is Refusal.TEMPLATE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("في أيلول", "12"), ("في سبتمبر", "١٢")),
        (("في كانون الثاني", "3"), ("في يناير", "ثلاثة")),
        (("بقيمة 1500", "12"), ("بقيمة 1,500", "12")),
        (("في 14 أيلول", "12"), ("في 23 ذي الحجة", "12")),
    ],
)
def test_another_way_to_write_the_same_number_or_month_leaves_a_copy(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert edge(piece(PLANE.format(*one)), piece(PLANE.format(*other))) is EdgeKind.COPY


def test_what_is_told_at_other_length_was_written_anew_and_not_filled_in() -> None:
    plane = PLANE.format("القادمة من روسيا", "عشرة")
    longer = plane.replace("من روسيا", "من بلدة صغيرة على ساحل البحر في شمال تركيا تستضيف مخازن الهيئة")
    assert edge(piece(plane, TAIL), piece(longer, TAIL)) is EdgeKind.COPY
    assert edge(piece(plane, TAIL), piece(plane.replace("روسيا", "تركيا"), TAIL)) is Refusal.TEMPLATE


def test_one_corrected_figure_in_a_long_report_leaves_a_copy() -> None:
    report = (LEAD, BODY, TAIL, OTHER, MORE, "وبلغ عدد المشاركين 120 شخصا بحسب المنظمين")
    assert edge(piece(*report), piece(*report[:-1], report[-1].replace("120", "112"))) is EdgeKind.COPY


def test_months_apart_only_the_nearly_verbatim_is_believed() -> None:
    changed = " ".join(word + ("ات" if n % 6 == 0 else "") for n, word in enumerate(BODY.split()))
    near, far = piece(LEAD, changed, TAIL[: TAIL.index("،")]), piece(LEAD, changed, TAIL[: TAIL.index("،")], day=60)
    assert edge(piece(LEAD, BODY, TAIL), near) is EdgeKind.COPY
    assert edge(piece(LEAD, BODY, TAIL), far) is EdgeKind.SHARED
    assert edge(piece(LEAD, BODY, TAIL), piece(LEAD, BODY, TAIL, day=60)) is EdgeKind.COPY


def test_a_flash_is_a_copy_of_the_same_line_only() -> None:
    flash = "وصول وفد المعارضة إلى مقر المحادثات"
    assert edge(piece(flash), piece(f"عاجل: {flash}")) is EdgeKind.COPY
    assert edge(piece(flash), piece(f"{flash} مساء")) is Refusal.FLASH
    assert edge(piece(flash), piece(flash, LEAD)) is Refusal.FLASH


def test_texts_about_one_event_in_other_words_are_unlike() -> None:
    assert edge(piece(LEAD, BODY), piece(TAIL, OTHER)) is Refusal.UNLIKE


words = st.lists(st.sampled_from([*LEAD.split(), *PLANE.split(), "4", "5", "الرابعة", "الخامسة"]), max_size=60)


@given(words, words, st.integers(0, 9), st.sampled_from([Kind.NEWS, Kind.ROUND_UP]))
def test_a_pair_is_judged_the_same_from_both_sides(one: list[str], other: list[str], day: int, kind: Kind) -> None:
    first, second = piece(" ".join(one)), piece(" ".join(other), day=day, kind=kind)
    here, there = compare(first, second), compare(second, first)
    assert (here.likeness, here.edge, here.refusal) == (there.likeness, there.edge, there.refusal)
    if here.edge is EdgeKind.PART:
        assert here.inner + there.inner == 1


@given(words, words)
def test_gaps_and_equal_passages_make_up_both_texts(one: list[str], other: list[str]) -> None:
    left, right = list(one), list(other)
    side = Beside.of(*(Laid.of(numbers(words)) for words in sorted((one, other), key=len)))
    if len(other) < len(one):
        left, right = right, left
    for start, end, begin, stop in sorted(side.gaps(), reverse=True):
        del left[start:end]
        del right[begin:stop]
    assert left == right


def test_telling_words_are_seen_through_clitics_and_ordinals_of_ten_and_more() -> None:
    seen = [
        (f.sort, f.which)
        for f in telling.facts(tokens("والرابعة عشرة، وبدير الزور، لروسيا، السوريون، 14 كانون الثاني"))
    ]
    assert [sort for sort, _ in seen] == ["ordinal", "place", "place", "place", "digits", "month"]
    assert seen[0][1] == "14"
    assert seen[-1][1] == "1"


# ---- clusters -----------------------------------------------------------------------------------------------------


def tie(one: str, other: str, kind: EdgeKind = EdgeKind.COPY, jaccard: float = 0.9) -> Edge:
    alike = Likeness(jaccard=jaccard, containment=1.0)
    return Edge(kind=kind, inner=one, outer=other, inner_text="x", outer_text="y", likeness=alike)


def test_copies_join_and_parts_bridge_nothing() -> None:
    made = components("abcde", [tie("a", "b"), tie("c", "b"), tie("d", "e"), tie("c", "d", EdgeKind.PART)])
    assert made == [frozenset("abc"), frozenset("de")]


def test_copies_join_even_an_item_and_a_longer_piece_unless_people_set_them_apart() -> None:
    ties = [tie("a", "b", jaccard=0.5), tie("b", "c", jaccard=0.8), tie("c", "d"), tie("a", "c", EdgeKind.PART)]
    assert components("abcd", ties) == [frozenset("abcd")]
    people = Decided(apart=frozenset({frozenset("ac")}))
    assert components("abcd", ties, people) == [frozenset("a"), frozenset("bcd")]


@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 12), st.sampled_from([*[EdgeKind.COPY] * 2, EdgeKind.PART])),
        max_size=20,
    ),
    st.randoms(use_true_random=False),
)
def test_clusters_are_the_same_in_any_order(pairs: list[tuple[int, int, EdgeKind]], chance: random.Random) -> None:
    names = [f"{n:02}" for n in range(13)]
    ties = [tie(names[one], names[other], kind, (one + other) / 25) for one, other, kind in pairs]
    before = components(names, ties)
    chance.shuffle(ties)
    chance.shuffle(names)
    assert components(names, ties) == before


def test_the_agency_stands_for_a_cluster_then_the_earliest_then_the_smallest_id() -> None:
    def member(story: str, hour: int, own: bool = False) -> Member:
        return Member(story=story, own=own, earliest=DAY + timedelta(hours=hour))

    members = {m.story: m for m in (member("b", 1), member("a", 1), member("c", 0), member("w", 9, own=True))}
    assert canonical("abcw", members) == "w"
    assert canonical("abc", members) == "c"
    assert canonical("ab", members) == "a"


def test_the_likest_pair_of_editions_speaks_for_two_stories() -> None:
    assert strongest([tie("a", "b", EdgeKind.PART, 1.0), tie("b", "a", jaccard=0.4), tie("a", "b", jaccard=0.5)]) == [
        tie("a", "b", jaccard=0.5)
    ]


# ---- the practice press -------------------------------------------------------------------------------------------


HELD_IN_ROUND_UPS = {
    ("midan/5116", "ufuq/9013"),  # which is wasla/7018, cut
    ("midan/5116", "wasla/7018"),
    ("midan/5116", "wasla/7019"),
    ("nakhla/4013", "wasla/7012"),
    ("nakhla/4013", "wasla/7014"),
}


def _press(with_kinds: bool) -> dict[str, tuple[Piece, newsroom_truth.Truth]]:
    true = {f"{outlet}/{one.id}": one for outlet, entries in newsroom_truth.load().items() for one in entries}
    found = {}
    for outlet, manuscripts in press.load().items():
        for each in manuscripts:
            name = f"{outlet}/{each.id}"
            at = each.published.replace(tzinfo=UTC)
            kind = Kind(true[name].kind) if with_kinds else Kind.NEWS
            text = "\n\n".join(each.paragraphs)
            found[name] = (Piece.of(tokens(text), kind, at, at + timedelta(days=1)), true[name])
    return found


@pytest.mark.parametrize("with_kinds", [True, False])
def test_every_pair_of_the_press_is_judged_as_its_authors_wrote_it_down(with_kinds: bool) -> None:
    pieces = _press(with_kinds)
    wrong, held = [], set[tuple[str, str]]()
    for (one, (here, first)), (other, (there, second)) in combinations(sorted(pieces.items()), 2):
        verdict: Verdict = compare(here, there)
        together = first.cluster is not None and first.cluster == second.cluster
        if (verdict.edge is EdgeKind.COPY) != together:
            wrong.append((one, first.relation, other, second.relation, verdict.edge or verdict.refusal))
        if verdict.edge is EdgeKind.PART:
            held.add((one, other) if "round-up" in first.kind else (other, one))
        elif verdict.edge is EdgeKind.SHARED:
            wrong.append((one, first.relation, other, second.relation, verdict.edge))
    assert wrong == []
    assert held == HELD_IN_ROUND_UPS
