"""Dates as Arabic newspapers print them: Levantine months, weekdays, Arabic-Indic digits; it has no clock."""

from __future__ import annotations

from datetime import date, datetime

# January first. Two words in four of them: a calendar of «تشرين» and «كانون» twins.
LEVANTINE = (
    "كانون الثاني",
    "شباط",
    "آذار",
    "نيسان",
    "أيار",
    "حزيران",
    "تموز",
    "آب",
    "أيلول",
    "تشرين الأول",
    "تشرين الثاني",
    "كانون الأول",
)
WESTERN = (
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
)
WEEKDAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")  # Monday first, as date.weekday()
INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")  # ARABIC-INDIC DIGIT ZERO … NINE


def indic(text: object) -> str:
    """The text with its digits as Arabic-Indic ones: 14 → ١٤."""
    return str(text).translate(INDIC)


def weekday(day: date) -> str:
    """«الخميس»."""
    return WEEKDAYS[day.weekday()]


def levantine(day: date) -> str:
    """«14 أيلول 2017»."""
    return f"{day.day} {LEVANTINE[day.month - 1]} {day.year}"


def doubled(day: date) -> str:
    """«14 أيلول/سبتمبر 2017», the month in both calendars' words."""
    return f"{day.day} {LEVANTINE[day.month - 1]}/{WESTERN[day.month - 1]} {day.year}"


def clock(moment: datetime) -> str:
    """«09:30», 24 hours."""
    return f"{moment.hour:02}:{moment.minute:02}"
