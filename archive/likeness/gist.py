"""The words that carry what a text says: all but those any report is made of; pure, and it judges nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from archive.arabic import tokens
from archive.likeness.fingerprint import numbers

_COMMON: Final = """
في من على إلى عن مع بعد قبل خلال بين منذ حتى عند لدى نحو حول ضد دون أمام عبر داخل خارج فوق تحت وفق حسب بحسب ضمن بشأن
أن إن أنه إنه أنها إنها أنهم إنهم بأن بأنه بأنها لأن لأنه كأن لكن لكنه لكنها ولكن
هذا هذه ذلك تلك هؤلاء أولئك ذات كذلك بذلك لذلك هنا هناك
الذي التي الذين اللتين اللذين اللاتي اللواتي
هو هي هم هما أنا نحن أنت
ما لا لم لن ليس ليست غير سوى إلا فقط أي أية كل كلا جميع كافة بعض أحد إحدى عدة عدد كما مما بما فيما عما إذا إذ حيث حين
حينما عندما بينما كيف لماذا متى أين هل قد لقد سوف ثم أو أم بل أيضا مثل مثلا نفس نفسه نفسها
كان كانت كانوا يكون تكون أصبح أصبحت يتم تم تمت
به بها بهم له لها لهم لنا لي فيه فيها فيهم منه منها منهم عنه عنها عليه عليها عليهم إليه إليها معه معها لديه لديها
وفي ومن وعلى وإلى وعن ومع وبعد وقبل وخلال وبين وأن وإن وأنه وإنه وأنها وهذا وهذه وذلك وتلك والذي والتي والذين وهو وهي
وهم وما ولا ولم ولن وليس وغير وكل وكما وقد وكان وكانت ويكون وتكون وتم وبها وله ولها وفيه وفيها ومنها وعليه وعليها
قال وقال قالت وقالت أضاف وأضاف أضافت وأضافت أوضح وأوضح أوضحت وأوضحت أكد وأكد أكدت وأكدت أشار وأشار أشارت وأشارت
ذكر وذكر ذكرت وذكرت أعلن وأعلن أعلنت وأعلنت بين وبين لفت ولفت مشيرا مؤكدا موضحا مضيفا مبينا لافتا يذكر ويذكر
اليوم أمس الأمس غدا يوم أول الماضي الماضية المقبل المقبلة الحالي الحالية الجاري الجارية مساء صباح
"""
COMMON: Final = frozenset(numbers(tokens(_COMMON)))


def gist(words: Iterable[bytes]) -> frozenset[bytes]:
    """The comparison words (fingerprint.numbers) that tell what a text is about; of a text without any, all of them."""
    every = frozenset(words)
    return every - COMMON or every
