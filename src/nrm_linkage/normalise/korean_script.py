"""One word in Korean script -> the Latin letters that Koreans use for it in names.

Syllable by syllable, as Revised Romanisation asks of names, in which neighbours do not change one another
(`Boknam`); but with the spellings that people chose long before it: a table of family names (`Kim`, `Lee`,
`Park`), and those syllables of given names that are mostly written otherwise (`Young`, `Hyun`, `Hee`). A
syllable of Unicode is a number made of its beginning, vowel and end, so that no library is needed to take it
apart.

It does not know which of the spellings in use a person chose (`Jo` or `Cho`), and a given name is one word,
though many write two (`Min-jun`). Chinese characters in a Korean name are read as Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["HANGUL", "latin_of_hangul", "split_hangul"]

HANGUL: Final = "[\uac00-\ud7a3]+"
"""A pattern: a word of whole syllables."""

_BEGINNINGS: Final = "g kk n d tt r m b pp s ss - j jj ch k t p h".replace("-", "").split(" ")
_VOWELS: Final = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_ENDS: Final = "- k k k n n n t l k m l l l p l m p p t t ng t t k t p t".replace("-", "").split(" ")
_FAMILY: Final[Mapping[str, str]] = dict(
    pair.split(":")
    for pair in (
        "김:kim 이:lee 박:park 최:choi 정:jung 강:kang 조:cho 윤:yoon 장:jang 임:lim 한:han 오:oh "
        "서:seo 신:shin 권:kwon 황:hwang 안:ahn 송:song 류:ryu 유:yoo 전:jeon 홍:hong 고:ko 문:moon "
        "양:yang 손:son 배:bae 백:baek 허:heo 남:nam 심:shim 노:noh 하:ha 곽:kwak 성:sung 차:cha "
        "주:joo 우:woo 구:koo 민:min 나:nah 진:jin 지:ji 엄:um 채:chae 원:won 천:chun 방:bang "
        "공:kong 현:hyun 함:ham 변:byun 염:yeom 여:yeo 추:choo 도:do 소:so 석:seok 선:sun 설:seol "
        "마:ma 길:gil 연:yeon 위:wi 표:pyo 명:myung 기:ki 반:ban 왕:wang 금:keum 옥:ok 육:yook 인:in "
        "맹:maeng 제:je 모:mo 탁:tak 국:kook 어:eo 은:eun 편:pyun 용:yong 리:ri 림:rim 로:ro 라:ra "
        "량:ryang 남궁:namgoong 황보:hwangbo 제갈:jegal 선우:sunwoo 독고:dokko 사공:sagong "
        "서문:seomun"
    ).split()
)
_GIVEN: Final[Mapping[str, str]] = dict(
    pair.split(":")
    for pair in (
        "영:young 현:hyun 형:hyung 경:kyung 명:myung 병:byung 정:jung 성:sung 선:sun 승:seung "
        "철:chul 천:chun 우:woo 욱:wook 운:woon 훈:hoon 희:hee 의:eui 기:ki 광:kwang 국:kook 규:kyu "
        "권:kwon 관:kwan 신:shin 식:sik 숙:sook 순:soon 춘:chun 문:moon 윤:yoon 환:hwan 준:jun "
        "중:joong 종:jong 범:beom 섭:sub 덕:duk 석:seok 택:taek 균:kyun"
    ).split()
)
_SHORTEST_WHOLE: Final = 3  # syllables of a word that may hold a whole name
# Family names of two syllables whose first is hardly one by itself; others are read as such before two more.
_ALWAYS_TWO: Final = frozenset({"남궁", "제갈", "독고", "사공", "선우"})


def split_hangul(word: str) -> tuple[str, str]:
    """The family name at the beginning of a word, and the rest; the first is `""` where the word is too short
    to hold both.

    >>> split_hangul("김민준"), split_hangul("남궁민수"), split_hangul("민준")
    (('김', '민준'), ('남궁', '민수'), ('', '민준'))
    """
    if len(word) < _SHORTEST_WHOLE:
        return "", word
    size = 2 if word[:2] in (_FAMILY if len(word) > _SHORTEST_WHOLE else _ALWAYS_TWO) else 1
    return (word[:size], word[size:]) if word[:size] in _FAMILY else ("", word)


def latin_of_hangul(word: str) -> str:
    """Latin letters of a word, lowercase: a family name where it is one and no more, otherwise syllables.

    >>> latin_of_hangul("박"), latin_of_hangul("지영")
    ('park', 'jiyoung')
    """
    return _FAMILY.get(word) or "".join(_GIVEN.get(syllable) or _spelt(syllable) for syllable in word)


def _spelt(syllable: str) -> str:
    start, rest = divmod(ord(syllable) - 0xAC00, 588)
    vowel, end = divmod(rest, 28)
    return _BEGINNINGS[start] + _VOWELS[vowel] + _ENDS[end]
