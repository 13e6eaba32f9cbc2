"""Kind and language are judged by plain evidence in tables."""

from __future__ import annotations

import pytest

from archive.records import Kind
from crawler.page.kinds import Piece, judge
from crawler.page.language import UNKNOWN
from crawler.page.language import judge as language
from tests.extraction import SENTENCE

BULLETIN = [
    "أعلنت إدارة المعابر أن تسع شاحنات دخلت المدينة خلال الساعات الماضية محملة بالطحين والدواء والوقود.",
    "وتوزعت الحمولة على ثلاثة أحياء في الشمال، بينما بقيت شاحنتان عند الحاجز الأخير حتى المساء.",
    "وأضافت الإدارة أن القافلة المقبلة تنتظر موافقة اللجنة المشتركة، وأن عددها لم يحدد بعد.",
    "كما دعت السكان إلى تسلم حصصهم من المراكز المعلنة.",
]


@pytest.mark.parametrize(
    ("title", "changes", "kind"),
    [
        ("انطلاق الجولة السابعة", {}, Kind.NEWS),
        ("عاجل: انطلاق الجولة", {}, Kind.FLASH),
        ("انطلاق الجولة", {"paragraphs": ["بدأت الجولة."]}, Kind.FLASH),
        ("انطلاق الجولة", {"paragraphs": ["بدأت الجولة."], "labels": ["عاجل"]}, Kind.FLASH),
        ("انطلاق الجولة", {"labels": ["عاجل"]}, Kind.NEWS),
        ("النص الكامل لبيان الدول الضامنة", {}, Kind.DOCUMENT),
        ("البيان الختامي يثير انتقادات المعارضة", {}, Kind.NEWS),
        ("جولة الصحافة العربية", {}, Kind.ROUND_UP),
        ("حصاد الأسبوع: أسعار وأمطار ومحادثات", {}, Kind.ROUND_UP),
        ("نشرة الخميس", {"paragraphs": ["- وصل الوفد.", "- ارتفعت الأسعار.", "- وفتح المعبر."]}, Kind.ROUND_UP),
        ("نشرة المعابر: 9 شاحنات خلال يوم", {"paragraphs": BULLETIN}, Kind.NEWS),
        ("موجز عن حركة المعابر", {"paragraphs": BULLETIN, "sections": ["نشرات"]}, Kind.NEWS),
        ("حصاد القمح يبدأ في الجزيرة", {}, Kind.NEWS),
        ("ماذا بعد أستانا", {"sections": ["مقالات الرأي"]}, Kind.OPINION),
        ("ماذا بعد أستانا", {"url": "https://a.example/opinion/2017/1"}, Kind.OPINION),
        ("ماذا بعد أستانا", {"url": "https://a.example/news/opinion"}, Kind.NEWS),
        ("رأي عام جديد", {"types": ["OpinionNewsArticle"]}, Kind.OPINION),
        (
            "إيران وروسيا وتركيا في ختام الجولة",
            {"paragraphs": ["إن ممثلي الدول الثلاث اتفقوا على ما يلي."]},
            Kind.DOCUMENT,
        ),
        ("البيان الختامي", {"paragraphs": [SENTENCE, "وفيما يلي نص البيان:", SENTENCE * 4]}, Kind.DOCUMENT),
        ("ممثلو الفصائل يصلون", {"paragraphs": [f"{SENTENCE} إن ممثلي الدول وصلوا."] * 4}, Kind.NEWS),
        ("مباشر: اليوم الأول من الجولة", {}, Kind.LIVE),
        ("اليوم الأول من الجولة", {"paragraphs": [f"{hour}:30 {SENTENCE}" for hour in range(9, 14)]}, Kind.LIVE),
        ("اليوم الأول من الجولة", {"paragraphs": [f"٠{hour}:٣٠ {SENTENCE}" for hour in "6789"]}, Kind.LIVE),
        ("أسعار اليوم", {"paragraphs": [f"{price}.50 ليرة. {SENTENCE}" for price in (512, 640, 733, 901)]}, Kind.NEWS),
        ("بالصور.. افتتاح الجولة", {}, Kind.NEWS),
        ("بالصور.. افتتاح الجولة", {"paragraphs": [SENTENCE, SENTENCE[::-1]]}, Kind.GALLERY),
        ("افتتاح الجولة (فيديو)", {"paragraphs": [SENTENCE, SENTENCE[::-1]]}, Kind.VIDEO),
        ("افتتاح الجولة", {"url": "https://a.example/videos/17/افتتاح"}, Kind.VIDEO),
        ("افتتاح الجولة", {"types": ["ImageGallery"]}, Kind.GALLERY),
    ],
)
def test_a_kind_follows_from_its_evidence(title: str, changes: dict[str, object], kind: Kind) -> None:
    facts: dict[str, object] = {"title": title, "paragraphs": [f"{SENTENCE} {n}" * 2 for n in range(5)], **changes}
    assert judge(Piece(**facts)) is kind  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        (SENTENCE, "ar"),
        ("وزیر خارجه گفت که این نشست در آستانه برگزار می شود و هیئت ها وارد شده اند", "fa"),
        ("وزیر خارجہ نے کہا کہ یہ اجلاس آستانہ میں ہو گا اور وفود پہنچ چکے ہیں", "ur"),
        ("وەزیری دەرەوە لەگەڵ شاندی دەوڵەتان کۆبوونەوەی کرد لە ئاستانە", "ckb"),
        ("The delegations have arrived in the capital for the talks", "en"),
        ("Делегации прибыли в столицу для переговоров по Сирии", "ru"),
        ("Heyetler başkentte görüşmeler için bir araya geldi ve çok şey konuşuldu", "tr"),
        ("12345", UNKNOWN),
    ],
)
def test_a_language_is_told_by_words_and_letters(text: str, tag: str) -> None:
    assert language(text) == tag


def test_arabic_typed_with_persian_letters_is_arabic() -> None:
    typed = SENTENCE.replace("ي", "ی").replace("ك", "ک")
    assert language(typed, "fa") == "ar"


def test_what_a_page_declares_breaks_ties_only() -> None:
    assert language("12", "ar-SY") == "ar"
    assert language(SENTENCE, "en") == "ar"
