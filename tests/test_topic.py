"""crawler/topic.py and crawler/topic.yml: the talks, and everything that shares their words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Topic
from crawler.errors import FactsError
from crawler.topic import judge, load_topic

RULES = load_topic()


def label(title: str, text: str = "") -> Topic:
    return judge(title, text, RULES)


@pytest.mark.parametrize(
    ("title", "lead"),
    [
        (
            "انطلاق الجولة السادسة من محادثات أستانا حول سوريا",
            "انطلقت اليوم الجولة السادسة من محادثات أستانا بين وفدي الحكومة والمعارضة برعاية روسيا وتركيا وإيران.",
        ),
        (
            "أستانا-4: الفصائل السورية تعود إلى الطاولة",
            "قال متحدث باسم وفد الفصائل السورية إن الوفد سيحضر الجلسة الختامية.",
        ),
        (
            "وفد المعارضة السورية يصل إلى الأستانة",
            "وصل وفد المعارضة السورية إلى العاصمة الكازاخية للمشاركة في جولة المحادثات.",
        ),
        (
            "الدول الضامنة تتفق على نشر مراقبين في سوريا",
            "أعلنت روسيا وتركيا وإيران في بيان مشترك خريطة انتشار المراقبين.",
        ),
        (
            "لافرنتييف: الجولة الحالية ختامية لمناطق تخفيف التوتر",
            "قال رئيس الوفد الروسي إن عمل الوفود على مناطق تخفيف التوتر في سوريا شارف على نهايته، وإن الضامنين راضون.",
        ),
        (
            "اختتام المشاورات السورية في العاصمة الكازاخستانية",
            "اختتمت في العاصمة الكازاخستانية مشاورات وفدي الحكومة والفصائل السورية بحضور دي ميستورا.",
        ),
        (
            "نور سلطان تستضيف جولة جديدة حول سوريا",
            "تستضيف نور سلطان الأسبوع المقبل جولة جديدة من المحادثات السورية بمشاركة الدول الضامنة.",
        ),
        (
            "مؤتمر الحوار السوري في سوتشي ينهي أعماله",
            "أنهى مؤتمر الحوار الوطني السوري في سوتشي أعماله بالدعوة إلى لجنة دستورية.",
        ),
        (
            "قمة ثلاثية في طهران تبحث إدلب",
            "يبحث رؤساء روسيا وتركيا وإيران في قمة ثلاثية بطهران مصير إدلب السورية ومستقبل وقف إطلاق النار.",
        ),
        ("عاجل: بدء الجولة الخامسة من محادثات أستانة حول سوريا", ""),
        ("مباحثات آستانا السورية تنتهي بلا بيان", ""),
        ("إنطلاق مباحثات إستانا ٩ الخاصة بسورية", "بدأت مباحثات إستانا ٩ بين الوفود السورية."),
        (
            "بعد تغيير اسم العاصمة: هل يتغير اسم محادثات أستانا؟",
            "تساءل سوريون بعد تغيير اسم العاصمة الكازاخية عن اسم محادثات أستانا التي ترعاها الدول الضامنة، روسيا "
            "وتركيا وإيران، وقال عضو في وفد المعارضة السورية إن الاسم لا يعنيه ما دامت مناطق خفض التصعيد قائمة.",
        ),
        (  # the country is never named
            "أمهات على باب الصليب الأحمر",
            "تنتظر أمهات المعتقلين جوابا من مسار أستانا، وتقول واحدة منهن إن الدول الضامنة وعدت بقوائم لم تصل.",
        ),
        (
            "الضامنون يبحثون آلية للرصد",
            "تبحث محادثات السلام في أستانة آلية للرصد، وقال مندوب إحدى الدول الثلاث الضامنة إن النص جاهز.",
        ),
        (
            "ملف المفقودين يؤجل إلى جولة أستانا المقبلة",
            "قالت فصائل المعارضة إن جولة أستانا المقبلة ستفتتح ببحث مصير المفقودين، وإن مناطق خفض التصعيد تأتي بعده.",
        ),
        ("خرائط إدلب تتصدر مباحثات أستانا", "تصدرت خرائط إدلب جلسة اليوم من مباحثات أستانا التي ترعاها الدول الضامنة."),
    ],
)
def test_the_talks_and_the_process_around_them_are_on_topic(title: str, lead: str) -> None:
    found = label(title, lead)
    assert found.on, found


@pytest.mark.parametrize(
    ("title", "lead"),
    [
        (
            "فريق أستانا يفوز بمرحلة الجبال في الطواف",
            "فاز دراج فريق أستانا بالمرحلة الجبلية بعدما تقدم على دراج روسي وآخر تركي.",
        ),
        (
            "أستانا يتعادل مع ضيفه في الدوري الأوروبي",
            "تعادل أستانا مع ضيفه التركي في مباراة الجولة الرابعة من الدوري الأوروبي.",
        ),
        (
            "لاعب سوري ينضم إلى نادي أستانا",
            "أعلن نادي أستانا لكرة القدم ضم لاعب سوري قبل انطلاق الدوري، وسيخوض أول مباراة له غدا.",
        ),
        (
            "افتتاح معرض إكسبو في أستانا",
            "افتتح رؤساء روسيا وتركيا وإيران وكازاخستان معرض إكسبو في أستانا حول طاقة المستقبل.",
        ),
        ("سوريا تشارك في المعارض الدولية بأستانا", "شاركت شركات سورية بجناح في معرض الأغذية الذي تستضيفه أستانا."),
        (
            "قمة شنغهاي في أستانا تجمع بوتين وأردوغان",
            "التقى الرئيس الروسي نظيره التركي على هامش قمة منظمة شنغهاي في أستانا وبحثا الطاقة والتجارة.",
        ),
        (
            "كازاخستان تعيد اسم أستانا إلى عاصمتها",
            "وقع الرئيس توكاييف قانون إعادة تسمية العاصمة نور سلطان باسمها السابق أستانا.",
        ),
        (
            "نور سلطان نزارباييف يستقبل نظيره الروسي",
            "استقبل الرئيس نور سلطان نزارباييف في القصر نظيره الروسي وبحثا أسعار النفط.",
        ),
        (
            "نور سلطان نزارباييف يزور أنقرة",
            "يزور الرئيس الكازاخي نور سلطان نزارباييف تركيا وروسيا الأسبوع المقبل لبحث التجارة.",
        ),
        (
            "حكايات من الأستانة في زمن السلطان عبد الحميد",
            "كان أعيان الشام يقصدون الأستانة، عاصمة السلطنة العثمانية، ليعرضوا شكاواهم على الباب العالي، "
            "ومنهم وفد من دمشق وحلب.",
        ),
        ("زعماء الأديان يجتمعون في أستانا", "اجتمع زعماء الأديان في أستانا بحضور شيخ الأزهر والبابا ووفد من سوريا."),
        (
            "منتدى أستانا الاقتصادي يفتتح أعماله",
            "افتتح منتدى أستانا الاقتصادي بمشاركة وفود من روسيا وتركيا وإيران وسوريا.",
        ),
        ("السياحة في أستانا: برج بايتيريك وخان شاطير", "دليل السائح إلى العاصمة الكازاخية ومعالمها."),
        ("موجة برد تضرب أستانا", "هبطت درجات الحرارة في أستانا إلى 40 تحت الصفر."),
        (
            "جولة جديدة من مفاوضات جنيف",
            "أعلن دي ميستورا جولة جديدة من المفاوضات السورية في جنيف بين وفد الحكومة ووفد المعارضة.",
        ),
        (
            "قصف على ريف إدلب",
            "قصفت طائرات ريف إدلب ضمن منطقة خفض التصعيد، وقال الدفاع المدني السوري إن القصف خلف أضرارا.",
        ),
        ("قافلة مساعدات تدخل ريف حمص", "دخلت قافلة مساعدات إلى ريف حمص الشمالي بإشراف الهلال الأحمر العربي السوري."),
        (
            "كييف تطلب تعهدات مكتوبة",
            "طلبت كييف تعهدات مكتوبة من الدول الضامنة لأمنها، وقال وزيرها على هامش اجتماع في أستانا إن النص ناقص.",
        ),
        (
            "صفقة لتبادل المعتقلين في اليمن",
            "اتفق الطرفان في جولة محادثات جديدة على تبادل المعتقلين، وقالت الفصائل المسلحة إنها ملتزمة بالهدنة.",
        ),
        ("الفصائل الفلسطينية تجتمع في موسكو", "بحثت الفصائل الفلسطينية ملف المعتقلين والمصالحة في اجتماع بالقاهرة."),
        (
            "مسار أستانا للدراجات يفتتح",
            "افتتح في العاصمة الكازاخية مسار أستانا للدراجات بطول عشرين كيلومترا على ضفة النهر.",
        ),
        ("زوار العتبة الرضوية يتوافدون", "توافد الزوار على آستانه قدس رضوي في مدينة مشهد الإيرانية."),
        ("كازاخستان وروسيا توقعان اتفاقا للغاز", "وقعت كازاخستان وروسيا في أستانا اتفاقا جديدا لنقل الغاز."),
        ("", ""),
    ],
)
def test_what_only_shares_their_words_is_off_topic(title: str, lead: str) -> None:
    found = label(title, lead)
    assert not found.on, found


@pytest.mark.parametrize(
    "city",
    [
        "أستانا",
        "أستانة",
        "آستانا",
        "آستانة",
        "استانا",
        "استانة",
        "أستنة",
        "آستنة",
        "إستانا",
        "أسطانا",
        "أستنى",
        "الأستانة",
        "الاستانة",
        "الآستانة",
        "بأستانة",
        "للأستانة",
        "وللأستانة",
        "أستانا-4",
        "أستانة4",
        "استانا8",
        "#أستانا",
        "أُستانا",
        "أستـانا",
        "نورسلطان",
        "نور-سلطان",
    ],
)
def test_every_spelling_of_the_city_is_known(city: str) -> None:
    assert "أستانا" in label("", f"وصل الوفد {city} أمس").terms


@pytest.mark.parametrize(
    "word", ["بستانا", "أستاذ", "باكستان", "أفغانستان", "نور سلطان نزارباييف", "نور سلطان نازارباييف", "إستانبول"]
)
def test_other_words_are_not_the_city(word: str) -> None:
    assert "أستانا" not in label("", f"وصل الوفد {word} أمس").terms


def test_fairs_are_not_the_opposition() -> None:
    assert "إكسبو" not in label("", "قال مصدر في المعارضة السورية إن المعارضين وصلوا").terms


@pytest.mark.parametrize(
    "text",
    ["أوراق تاجر في معرض للمخطوطات", "قال في معرض رده على سؤال", "يستمر المعرض أسبوعين", "أصيب في جناح المستشفى"],
)
def test_a_show_of_papers_is_not_the_fair_of_the_world(text: str) -> None:
    assert "إكسبو" not in label("", f"رسائل من الأستانة. {text}").terms


@pytest.mark.parametrize(
    "text",
    ["إكسبو 2017", "معرض طاقة المستقبل", "المعرض الدولي", "معرض الأغذية الذي تستضيفه أستانا", "الجناح الأول في أستانا"],
)
def test_the_fair_of_the_world_is_known_by_its_company(text: str) -> None:
    assert "إكسبو" in label("", f"افتتح {text}").terms


def test_a_term_counts_more_in_the_title_than_in_the_lead_and_least_below() -> None:
    far = "كلمة " * 200 + "الدول الضامنة"
    scores = [label("الدول الضامنة").score, label("", "الدول الضامنة").score, label("", far).score]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3


def test_a_term_counts_once() -> None:
    assert label("", "الدول الضامنة").score == label("", "الدول الضامنة والدول الضامنة").score


@given(st.text(alphabet="أإآابتسوريةنا ـ\u00a0\u200f\u064b٤4-،", max_size=80))
def test_the_label_does_not_care_for_vowel_marks_or_invisible_characters(text: str) -> None:
    from archive.arabic import clean, fold

    assert judge("", text, RULES) == judge("", clean(text).text, RULES) == judge("", fold(text), RULES)


# --- other topics ---------------------------------------------------------------------------------------------------
def topic_file(folder: Path, text: str) -> Path:
    path = folder / "topic.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_without_terms_accepts_everything(tmp_path: Path) -> None:
    rules = load_topic(topic_file(tmp_path, "name: everything\n"))
    assert judge("فريق أستانا يفوز", "", rules) == Topic(on=True, score=0.0)


def test_another_topic_is_another_file_and_nothing_else(tmp_path: Path) -> None:
    rules = load_topic(
        topic_file(
            tmp_path,
            "name: water\naccept: 2\nterms:\n  - {name: السد, weight: 2, words: [سد النهضة]}\n"
            "  - {name: دوري, weight: -3, words: [الدوري]}\n",
        )
    )
    assert judge("مفاوضات سد النهضة", "", rules).on
    assert judge("حول سدّ النهضة", "", rules).on
    assert not judge("نادي سد النهضة في الدوري", "", rules).on
    assert not judge("محادثات أستانا حول سوريا", "", rules).on


def test_a_term_may_stand_where_others_stand_together_by_name_or_by_group(tmp_path: Path) -> None:
    rows = (
        "{name: a, weight: 1, words: [قمح]}",
        "{name: b, group: grain, weight: 1, words: [شعير]}",
        "{name: c, group: grain, weight: 1, words: [ذرة]}",
        "{name: both, weight: 1, together: [a, grain]}",
    )
    rules = load_topic(topic_file(tmp_path, f"terms: [{', '.join(rows)}]\n"))
    found = {text: "both" in judge(text, "", rules).terms for text in ("قمح وشعير", "قمح وذرة", "قمح", "شعير وذرة")}
    assert list(found.values()) == [True, True, False, False]


def test_patterns_of_the_table_hold_no_letter_that_folding_takes_away() -> None:
    """Such a pattern would never match: texts are folded before."""
    patterns = [*RULES.words.patterns.values(), *(row.pattern or "" for row in RULES.words.terms)]
    bare = [re.sub(r"\[[^]]*\]", "", pattern) for pattern in patterns]  # ranges of letters name them all
    assert [pattern for pattern in bare if re.search("[أإآٱؤئىةءـ]", pattern)] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("terms:\n  - {name: a, weight: 1, pattern: '('}\n", r"topic\.yml:2: pattern of 'a'"),
        ("terms:\n  - {name: a, weight: 1}\n", r"topic\.yml:2: 'a': neither"),
        ("terms:\n  - {name: a, weight: 1, together: [b]}\n", r"topic\.yml:2: 'a': together names no term 'b'"),
        ("terms:\n  - {name: a, wight: 1, words: [x]}\n", r"topic\.yml:2: terms\[0\]"),
    ],
)
def test_a_broken_topic_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(FactsError, match=said):
        load_topic(topic_file(tmp_path, text))


def test_any_change_of_the_table_changes_the_digest(tmp_path: Path) -> None:
    one = load_topic(topic_file(tmp_path, "terms: [{name: a, weight: 1, words: [x]}]\n")).digest
    assert load_topic(topic_file(tmp_path, "terms: [{name: a, weight: 2, words: [x]}]\n")).digest != one
    assert load_topic(topic_file(tmp_path, "# same\nterms: [{name: a, weight: 1, words: [x]}]\n")).digest == one
