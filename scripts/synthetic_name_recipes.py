"""Which open sources, and which ways of compounding, make up the tail of each pool of invented names.

Used by `build_synthetic_names`; needs Faker (40.54.0) and the folder of sources. A recipe is a list of names,
commonest first; compounds are made of parts that a language joins (`Gebre` + `mariam`, `Habib` + `ullah`).
"""

from __future__ import annotations

import csv
import importlib
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from anyascii import anyascii

__all__ = ["all_tails"]

ABD = """
Rahman Rahim Aziz Karim Kader Qadir Wahab Wahid Majid Malik Latif Jabbar Ghani Hakim Halim Hamid Salam Samad
Razak Rauf Rashid Basit Bari Fattah Hadi Hafiz Hay Jalil Khaliq Matin Moneim Nasir Nur Quddus Raziq Sabur
Sattar Shakur Tawab Wadud Zahir
""".split()
NISBA = """
Baghdadi Basri Mosuli Halabi Dimashqi Homsi Hamwi Deiri Jazairi Masri Tikriti Samarrai Anbari Najafi
Karbalai Kufi Hilli Rubaie Zubaidi Tamimi Shamri Kaabi Maliki Ghazali Asadi Bayati Janabi Dosari Harbi
Otaibi Qahtani Zahrani Ghamdi Shehri Mahri Yafei Sanaani Taizi Adeni Hadrami Libi Warfali Misrati Zawi
Tarhuni Gharyani Obeidi Mograbi Tunsi Fassi Sharif Rifai Hariri Masalmeh Zoubi Refai Sabbagh
""".split()


def provider(locale: str) -> type:
    """Faker's table of names for a locale."""
    return importlib.import_module(f"faker.providers.person.{locale}").Provider


def faker_names(locale: str, *attributes: str) -> list[str]:
    """Names of a locale, commonest first where Faker knows frequencies; other scripts latinised."""
    found: Counter[str] = Counter()
    for attribute in attributes:
        table = getattr(provider(locale), attribute, ())
        pairs = table.items() if isinstance(table, dict) else ((name, 1) for name in table)
        for name, weight in pairs:
            latin = name if re.search(r"[A-Za-z]", name) else anyascii(name).replace("'", "")
            found[latin.strip()] += weight
    return [name for name, _ in sorted(found.items(), key=lambda item: (-item[1], item[0]))]


def products(first: str, second: str) -> list[str]:
    """Every beginning with every ending, spread so that no beginning comes in a block."""
    heads, ends = first.split(), second.split()
    pairs = sorted(itertools.product(range(len(heads)), range(len(ends))), key=lambda p: (p[0] + p[1], p[0]))
    return [heads[i] + ends[j] for i, j in pairs]


def by_country(folder: Path, country: str, gender: str | None = None) -> list[str]:
    """Common names of a country in the list's order; surnames when no gender is given."""
    file = "common-surnames-by-country.csv" if gender is None else "common-forenames-by-country.csv"
    names: list[str] = []
    with (folder / "names" / file).open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            if row["Country"] == country and (gender is None or row["Gender"] == gender):
                names.extend(part.strip() for part in row["Romanized Name"].split("/"))
    return [name for name in dict.fromkeys(names) if len(name) > 1 and name[0].isupper()]


def column(path: Path, key: str, **where: str) -> list[str]:
    """One column of a CSV, filtered."""
    with path.open(encoding="utf-8") as handle:
        return [row[key] for row in csv.DictReader(handle) if all(row[k] == v for k, v in where.items())]


def tails_of_europe(folder: Path) -> dict[str, list[str]]:
    """Tails and whole pools for which Faker or the country lists have names."""
    tails: dict[str, list[str]] = {}
    towns = [
        t
        for t in (folder / "lists" / "ms_uk_cities_and_towns.txt").read_text("utf-8").split("\n")
        if re.fullmatch(r"[A-Z][a-z]{4,9}", t)
    ]
    made = products(
        (
            "Ash Brad Hol Hart Whit Black Wal Lang Thorn Stan Red Ains Bur Cald Dal Ed Fen Gras Hather "
            "Kirk Led Mar Nor Old Pres Rad Sed Tem Wes Wood Al Bent Cob Den El Far Glad Hales Im Ken Lam "
            "Mid Net Ock Pem Ray Shel Tick Wing Yel"
        ),
        (
            "ton ley worth field ford well wood by man son ham ridge cliffe shaw brook croft burn more "
            "thwaite stock"
        ),
    )
    tails["uk.s"] = (
        faker_names("en_GB", "last_names")
        + faker_names("en", "last_names")
        + towns
        + made
        + faker_names("en_IE", "last_names")
    )
    doubles = [
        a + "-" + b
        for a, b in itertools.product(
            "Lily Ella Ava Amelia Lacey Lexi Ruby Evie Ellie Gracie Daisy Tilly Amy Mia Sophie".split(),
            "Mae May Rose Grace Louise Jane Marie Leigh Jo".split(),
        )
    ]
    tails["uk.f"] = (
        by_country(folder, "GB", "F")
        + faker_names("en_GB", "first_names_female")
        + faker_names("en_US", "first_names_female")
        + doubles
    )
    boys = [
        a + "-" + b
        for a, b in itertools.product(
            "Tyler Alfie Tommy Jay Kai Harley Bobby Riley Charlie Callum".split(),
            "James Lee Jay Ray Dean".split(),
        )
    ]
    tails["uk.m"] = (
        by_country(folder, "GB", "M")
        + faker_names("en_GB", "first_names_male")
        + faker_names("en_US", "first_names_male")
        + boys
    )
    for side, attribute in (("m", "first_names_male"), ("f", "first_names_female"), ("s", "last_names")):
        for pool, locales in {
            "western": ("fr_FR", "it_IT", "nl_NL", "de_DE", "en_IE", "sv_SE"),
            "hispanic": ("es_CO", "es_MX", "es_ES"),
            "lusophone": ("pt_BR", "pt_PT"),
            "turkish": ("tr_TR",),
            "hungarian": ("hu_HU",),
            "indonesian": ("id_ID",),
        }.items():
            key = f"{pool}.{side}"
            tails[key] = list(
                itertools.chain.from_iterable(
                    itertools.zip_longest(*(faker_names(each, attribute) for each in locales))
                )
            )
            tails[key] = [name for name in tails[key] if name]
    tails["lusophone.s"] = by_country(folder, "BR") + tails["lusophone.s"]
    return tails


def gendered(names: Iterable[str], female: bool, rules: Sequence[tuple[str, str]]) -> list[str]:
    """Surnames in one gender: the first rule whose ending fits is applied."""
    if not female:
        return list(names)
    out = []
    for name in names:
        ending = next(((a, b) for a, b in rules if name.endswith(a)), None)
        out.append(
            name[: -len(ending[0])] + ending[1]
            if ending and ending[0]
            else name + (ending[1] if ending else "")
        )
    return out


def tails_of_the_east(folder: Path) -> dict[str, list[str]]:
    """Central and eastern Europe, with gendered surnames where the language has them (`.s` male, `.sf`
    female).
    """
    tails: dict[str, list[str]] = {}
    given = {
        "romanian": "ro_RO",
        "polish": "pl_PL",
        "czechoslovak": "sk_SK",
        "bulgarian": "bg_BG",
        "slavic": "uk_UA",
        "baltic": "lv_LV",
    }
    for pool, locale in given.items():
        tails[f"{pool}.m"] = by_country(folder, locale[-2:], "M") + faker_names(locale, "first_names_male")
        tails[f"{pool}.f"] = by_country(folder, locale[-2:], "F") + faker_names(locale, "first_names_female")
    stems = (
        "Pop Ion Georg Vasil Marin Dumitr Stan Radul Constantin Const Florea Petr Mih Niculi Tudor "
        "Barb Anghel Dobr Munte Negr Lup Crist Iorg Ene Sav"
    )
    tails["romanian.s"] = (
        by_country(folder, "RO")
        + products(stems, "escu eanu oiu aru ache ica")
        + faker_names("ro_RO", "last_names")
    )
    polish = by_country(folder, "PL") + products(
        (
            "Kowal Wiśniew Zieliń Szymań Dąbrow Kozłow Jankow Mazur Krawczyk Piotrow Grabow Nowakow "
            "Pawłow Michal Wróblew Jabłoń Majew Olszew Malinow Sikor Zawadz Rut"
        ),
        "ski cki czyk ek ak ewicz owicz iak",
    )
    tails["polish.s"] = [name.replace("ykski", "ykowski") for name in polish]
    tails["polish.sf"] = gendered(tails["polish.s"], True, [("ski", "ska"), ("cki", "cka")])
    tails["czechoslovak.s"] = faker_names("sk_SK", "last_names_male") or [
        n for n in faker_names("sk_SK", "last_names") if not n.endswith("á")
    ]
    tails["czechoslovak.sf"] = gendered(
        tails["czechoslovak.s"], True, [("ý", "á"), ("a", "ová"), ("o", "ová"), ("", "ová")]
    )
    tails["bulgarian.s"] = [n for n in faker_names("bg_BG", "last_names_male") if n[-1] == "v"] + products(
        "Ivan Georgi Dimitr Petr Stoyan Niko", "ov ev"
    )
    tails["slavic.s"] = faker_names("ru_RU", "last_names_male") + faker_names("uk_UA", "last_names_male")
    for pool in ("bulgarian", "slavic"):
        tails[f"{pool}.sf"] = gendered(
            tails[f"{pool}.s"], True, [("v", "va"), ("n", "na"), ("kij", "ka"), ("ij", "aya")]
        )
    tails["baltic.s"] = (
        by_country(folder, "LT")
        + faker_names("lv_LV", "last_names_male")
        + products("Kazl Jank Petr Balč Urbon Vasil Žuk", "auskas aitis ūnas evičius ys")
    )
    tails["baltic.sf"] = gendered(
        tails["baltic.s"],
        True,
        [
            ("auskas", "auskienė"),
            ("as", "ienė"),
            ("is", "ytė"),
            ("us", "utė"),
            ("ys", "ytė"),
            ("š", "a"),
            ("s", "a"),
        ],
    )
    return tails


def tails_of_the_middle_east(folder: Path) -> dict[str, list[str]]:
    """Arabic, Habesha, Somali, Persian, Kurdish and Afghan names, by how they are compounded."""
    tails: dict[str, list[str]] = {}
    eldin = products(
        "Nour Salah Saif Shams Badr Alaa Jamal Izz Muhi Taj Zain Kamal Fakhr Najm Sharaf Hosam Bahaa Diaa",
        "eldin uddin",
    )
    tails["sudanese.m"] = (
        ["Abdel" + a.lower() for a in ABD]
        + eldin
        + products(
            "Al El", "amin bashir fadil gizouli hadi haj imam khair mahi nazir rayah samani tom tayib zein"
        )
    )
    tails["arabic.m"] = ["Abdul" + a.lower() for a in ABD] + eldin + ["Abd " + a for a in ABD[:15]]
    tails["sudanese.s"] = ["Abdel" + a.lower() for a in ABD] + products(
        "Al", "bashir dinka fadl gali hag jack khidir mahdi nil rasheed tom zaki"
    )
    tails["arabic.s"] = (
        ["Al" + n.lower() for n in NISBA]
        + ["Al-" + n for n in NISBA]
        + [n for n in NISBA if n.endswith("i")]
        + ["Bin " + n for n in ABD[:12]]
    )
    tails["somali.m"] = products(
        "Abdi", "asis fitah hakim malik nur qadir rahin razak salan weli hafid latif majid nasir"
    )
    gebre = (
        "Gebre Haile Tekle Welde Habte Kidane Tesfa Berhane Zera Amde Fitsum Lete Weld Gide Ande "
        "Beyene Ghebre Wolde"
    )
    tails["habesha.m"] = products(gebre, "mariam michael giorgis selassie yesus kidan tsadik hiwot ab hiwet")
    tails["habesha.f"] = products(
        "Lete Abrehe Medhin Tsehay Alem Zewde Birhan Fikir", "mariam michael brhan kidan giorgis tsion"
    )
    stems = (
        "Moham Hossein Ahmad Karim Rahim Hassan Abbas Jafar Nazar Soltan Rostam Gholam Mirza Haji "
        "Shah Amir Taheri Yazdan Shams Noor Zaman Malek Bakht Pour Ghader Sharif Hakim Asad Faraj "
        "Darvish"
    )
    tails["persian.s"] = products(stems, "i zadeh pour nejad ian nia far khani panahi abadi") + products(
        "Tehran Tabriz Esfahan Kerman Ardabil Hamedan Mashhad Qom Lor Kord", "i zadeh ian"
    )
    tails["kurdish.s"] = products(
        "Shekh Haji Mala Kaka Mam Pir Rash Gul Zor Bar Sor Hal Qala Khor", "an i awa wani mand ani ayi"
    )
    heads = (
        "Hamid Najib Zabih Rahmat Shafiq Samiull Sanaull Hekmat Nemat Qudrat Rafi Esmat Habib Hafiz "
        "Inayat Kefayat Khalil Lutf Matiu Naqib Saif Shukr Wakil Zain Ikram Amin Abid Fath Nasr Rooh"
    )
    doubles = [
        f"{a} {b}"
        for a, b in itertools.product(
            "Abdul Mohammad Gul Noor Ghulam Shah Sher Din Jan Taj Mir Lal Faiz Nek Wali".split(),
            "Rahman Khan Agha Wali Nabi Jan Haq Zaman Ahmad Ali".split(),
        )
        if a != b
    ]
    tails["afghan.m"] = products(heads.replace("ull ", " "), "ullah uddin urahman") + doubles
    tails["afghan.s"] = products(
        (
            "Sultan Noor Ibrahim Ismail Yusuf Musa Daulat Mir Shir Baba Mandu Sulaiman Khwaja Malik Hasan"
            " Ali Ahmad Umar"
        ),
        "zai zada i khil",
    )
    tails["albanian.m"] = column(folder / "names/albanian_given_names.csv", "name", sex="male")
    tails["albanian.f"] = column(folder / "names/albanian_given_names.csv", "name", sex="female")
    plain = [name for name in tails["albanian.m"] if re.fullmatch(r"\w{4,8}", name)]
    tails["albanian.s"] = (
        by_country(folder, "AL")
        + by_country(folder, "XK")
        + [n.rstrip("iueoa") + e for n in plain for e in ("i", "aj")]
    )
    return tails


def tails_of_asia_and_africa(folder: Path) -> dict[str, list[str]]:
    """South, south-east and east Asia, and sub-Saharan Africa."""
    tails: dict[str, list[str]] = {}
    for sex, side in (("male", "m"), ("female", "f")):
        pairs = [
            g.split() for g in column(folder / "names/vietnamese_given_names.csv", "given_names", sex=sex)
        ]
        for key, position in ((f"vietnamese.{side}", -1), (f"vietnamese.m{side}", 0)):
            tails[key] = [
                name
                for name, _ in sorted(
                    Counter(p[position] for p in pairs if len(p) > 1).items(), key=lambda i: (-i[1], i[0])
                )
            ]
    tails["vietnamese.s"] = [
        name for name in by_country(folder, "VN") if name not in ("Võ", "Vũ", "Huỳnh", "Hoàng")
    ]
    syllables = (
        "wei ming hua jun qiang ping hong jian guo feng hui lin long bin tao jie peng hao yong chao "
        "xin yi zhi wen bo cheng dong gang hai kai lei ning rui sheng song xiang yang yu zhong"
    )
    tails["chinese.m"] = [n.capitalize() for n in products(syllables, syllables)]
    women = (
        "mei li xiu ying yan fang na min jing xia yun hong qin xue juan ling rong hui lan ping yu "
        "zhen qing shu jia yi ting qian wen xin"
    )
    tails["chinese.f"] = [n.capitalize() for n in products(women, women)]
    tails["chinese.s"] = [anyascii(name) for name in by_country(folder, "CN")[::2]] + (
        "He Lü Shi Dong Xiao Cheng Cao Yuan Deng Fu Shen Zeng Peng Lu Su Jiang Cai Jia Ding Wei Xue "
        "Ye Yan Yu Pan Du Dai Xia Zhong Tian Ren Fan Fang Shi Yao Tan Liao Zou Xiong Jin Hao Kong Bai"
        " Cui Kang Mao Qiu Qin Gu Hou Shao Meng Long Wan Duan"
    ).split()
    sikh = products(
        (
            "Gur Har Jas Man Bal Sukh Kul Raj Dal Param Sat Amar Nav Rup Kam Lakh Mal Tej Dil Jag Sim Ran"
            " Pal Aman Arsh"
        ),
        "preet winder deep jit want meet vir pal inder bir",
    )
    tails["sikh.m"] = tails["sikh.f"] = sikh
    for side, attribute in (("m", "first_names_male"), ("f", "first_names_female"), ("s", "last_names")):
        tails[f"indian.{side}"] = faker_names("en_IN", attribute)
        tails[f"ghanaian.{side}"] = faker_names("tw_GH", attribute)
        tails[f"nigerian.{side}"] = [
            n for each in ("yo_NG", "ig_NG", "ha_NG", "en_NG") for n in faker_names(each, attribute)
        ]
        tails[f"southern_african.{side}"] = faker_names("en_KE", attribute) + faker_names("zu_ZA", attribute)
        tails[f"centralasian.{side}"] = faker_names("uz_UZ", attribute)
        tails[f"caribbean.{side}"] = faker_names("en_GB", attribute)
        tails[f"filipino.{side}"] = faker_names("es_MX", attribute)
    tails["filipino.s"] = by_country(folder, "PH") + ["Dela Cruz"] + tails["filipino.s"]
    tails["nigerian.m"] += products(
        "Olu Ade Ayo Oluwa Ola Baba Akin Olo",
        "wale kunle tunde seun femi dele dayo bayo niyi bola yemi tobi toyin",
    )
    tails["nigerian.s"] += products(
        "Osa Igbi Omo Ehi Ogie Iyo Agbon Oko Nwa Uche Chukwu Ani Oba Ogun Ade Olu",
        "gie rode nghae mwen za chukwu eze nna doye dele biyi yemi sanya wale kwo zuwa",
    )
    tails["southern_african.s"] += products(
        "Chi Mu Ma Nya Ki Wa Na O Ka",
        "tambo ranga kwenda pfumo reza sango konde mbira zunga lungu bwe ngoma kamba",
    )
    thai = (
        "Saeng Wong Thong Chai Boon Srisai Phrom Kham Suwan Rattana Charoen Jan Kaew Somwang Phet "
        "Inta Nak Sri Panya Chan"
    )
    tails["thai.s"] = products(
        thai,
        (
            "chai sri suk wong phon thong kul rak sombat dee ngam krut phat montri yothin pradit khun "
            "mook lert sawat"
        ),
    )
    tails["tamil.m"] = products(
        "Siva Raja Vija Jeya Selva Thava Maha Kana Gane Bala",
        "kumar ruban thasan nesan karan rajah sekaram lingam moorthy nathan",
    )
    tails["pakistani.m"] = ["Abdul " + a for a in ABD] + products(
        "Nasr Saif Noor Zaka Hafeez Ata", "ullah uddin"
    )
    tails["bangladeshi.m"] = products(
        "Saif Nur Az Khair Shams Kamr Faiz Sir Mo Jamal Raf Emd", "ul uddin ujjaman ulislam"
    )
    tails["nepali.s"] = by_country(folder, "NP")
    tails["mande.m"] = ["Abdou" + e for e in ("laye", "karim", "rahmane", "salam")]
    return tails


def all_tails(folder: Path) -> dict[str, list[str]]:
    """Pool -> names of its tail, from the sources in the folder."""
    return (
        tails_of_europe(folder)
        | tails_of_the_east(folder)
        | tails_of_the_middle_east(folder)
        | tails_of_asia_and_africa(folder)
    )
