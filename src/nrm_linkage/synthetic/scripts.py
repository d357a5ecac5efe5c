"""A Latin name in the writing of its language, roughly: what an operator pastes from a passport or a message.

Letter by letter, without knowledge of the language's spelling: good enough to be recognised as that writing
and to be read back into something near the name, and no better. Chinese names use one common character for a
syllable.
"""

from __future__ import annotations

import re

__all__ = ["in_script"]

_ARABIC = {
    "sh": "ش", "kh": "خ", "th": "ث", "dh": "ذ", "gh": "غ", "ch": "چ", "zh": "ژ", "ou": "و", "oo": "و",
    "ee": "ي", "ai": "ي", "a": "ا", "b": "ب", "c": "ك", "d": "د", "e": "", "f": "ف", "g": "ج", "h": "ه",
    "i": "ي", "j": "ج", "k": "ك", "l": "ل", "m": "م", "n": "ن", "o": "و", "p": "پ", "q": "ق", "r": "ر",
    "s": "س", "t": "ت", "u": "و", "v": "ف", "w": "و", "x": "كس", "y": "ي", "z": "ز",
}  # fmt: skip
_CYRILLIC = {
    "shch": "щ", "zh": "ж", "kh": "х", "ts": "ц", "ch": "ч", "sh": "ш", "yu": "ю", "ya": "я", "a": "а",
    "b": "б", "c": "к", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "й", "k": "к",
    "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т", "u": "у",
    "v": "в", "w": "в", "x": "кс", "y": "ы", "z": "з",
}  # fmt: skip
_HAN = {
    pair[:-1]: pair[-1]
    for pair in """
    wang王 li李 zhang张 liu刘 chen陈 yang杨 huang黄 zhao赵 wu吴 zhou周 xu徐 sun孙 ma马
    zhu朱 hu胡 guo郭 he何 lin林 gao高 luo罗 wei伟 ming明 hua华 jun军 qiang强 ping平
    hong红 jian建 feng峰 hui慧 long龙 bin斌 tao涛 jie杰 peng鹏 hao浩 yong勇 chao超
    xin鑫 yi毅 zhi志 wen文 bo波 mei梅 xiu秀 ying英 yan燕 fang芳 na娜 min敏 jing静 xia霞
    yun云 qin琴 xue雪 juan娟 ling玲 rong荣 lan兰 yu玉 zhen珍 qing青 shu淑 jia佳 ting婷
    qian倩 cheng成 dong东 gang刚 hai海 kai凯 lei磊 ning宁 rui瑞 sheng胜 song松 xiang翔
    zhong忠 deng邓 cao曹 tan谭 zeng曾 cai蔡 pan潘
    """.split()
}
_ETHIOPIC_ROWS = {
    "h": 0x1200, "l": 0x1208, "m": 0x1218, "r": 0x1228, "s": 0x1230, "sh": 0x1238, "q": 0x1240, "b": 0x1260,
    "v": 0x1268, "t": 0x1270, "ch": 0x1278, "n": 0x1290, "k": 0x12A8, "w": 0x12C8, "z": 0x12D8, "y": 0x12E8,
    "d": 0x12F0, "j": 0x1300, "g": 0x1308, "ts": 0x1338, "f": 0x1348, "p": 0x1350,
}  # fmt: skip
_ETHIOPIC_ORDERS = {"e": 0, "u": 1, "i": 2, "a": 3, "ie": 4, "": 5, "o": 6}


def in_script(name: str, script: str) -> str:
    """The name in "arabic", "cyrillic", "ethiopic" or "han"; what has no counterpart stays as it is.

    >>> in_script("Wang Mei", "han"), in_script("Selam", "ethiopic")
    ('王 梅', 'ሰላም')
    """
    low = name.lower()
    if script == "ethiopic":
        return re.sub("[aeiou]", lambda found: chr(0x12A0 + _ETHIOPIC_ORDERS[found[0]]), _fused(low))
    if script == "han":
        return re.sub(r"[a-z]+", lambda found: _syllables(found[0]), low)
    table = _ARABIC if script == "arabic" else _CYRILLIC
    pattern = "|".join(sorted(table, key=len, reverse=True))
    return re.sub(pattern, lambda found: table[found[0]], low)


def _fused(low: str) -> str:
    """Consonant and vowel written as one Ethiopic syllable; vowels alone as the carrier alef."""

    def syllable(found: re.Match[str]) -> str:
        consonant, vowel = found[1], found[2]
        return chr(_ETHIOPIC_ROWS[consonant] + _ETHIOPIC_ORDERS[vowel])

    doubled = (
        re.sub(r"([a-z])\1", r"\1", low)
        .replace("c", "k")
        .replace("x", "ks")
        .replace("kh", "k")
        .replace("gh", "g")
        .replace("ph", "f")
    )
    return re.sub(
        "(" + "|".join(sorted(_ETHIOPIC_ROWS, key=len, reverse=True)) + ")(ie|[aeiou]?)", syllable, doubled
    )


def _syllables(word: str) -> str:
    out = ""
    while word:
        size = next((k for k in range(min(6, len(word)), 0, -1) if word[:k] in _HAN), 0)
        out, word = (out + _HAN[word[:size]], word[size:]) if size else (out + word[0], word[1:])
    return out
