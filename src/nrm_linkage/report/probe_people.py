"""Invented people, five for each of twelve naming traditions, each with another spelling of the same name;
the first of the five has names that many bear.

The names are put together by us; the other spellings are those of general transliteration practice (domain.md
4.1), written without regard to which of them the comparison knows. For British people they are the usual
alternative spellings of English names: the baseline. Nobody is meant.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["BASELINE", "PEOPLE", "ProbePerson"]

BASELINE = "British"
"""The tradition that the others are held against."""


@dataclass(frozen=True)
class ProbePerson:
    """One invented person: naming tradition, nationality, gender and date of birth (ISO) as recorded; name
    boxes, and the same boxes in another spelling.
    """

    tradition: str
    nationality: str
    gender: str
    birth: str
    given: str = field(repr=False)
    family: str = field(repr=False)
    other_given: str = field(repr=False)
    other_family: str = field(repr=False)


_BIRTHS = ("1996-08-17", "2004-05-23", "1999-11-09", "2006-03-28", "2001-10-02")

_SPELT = """
British              | Male British     | John Smith              > Jon Smyth
British              | Male British     | Stephen Phillips        > Steven Philips
British              | Female British   | Catherine Reid          > Katherine Reed
British              | Male British     | Geoffrey Thomson        > Jeffrey Thompson
British              | Female British   | Lynne Clarke            > Lynn Clark
Albanian             | Male Albanian    | Arben Hoxha             > Arbën Hodja
Albanian             | Male Albanian    | Përparim Çela           > Perparim Cela
Albanian             | Female Albanian  | Xhevahire Gjonaj        > Xhevaire Gjonai
Albanian             | Male Albanian    | Arjan Hysaj             > Arian Hysai
Albanian             | Male Albanian    | Qëndrim Xhafa           > Cendrim Djafa
Vietnamese           | Male Vietnamese  | Văn_Nam Nguyễn          > Van_Nam Nguyen
Vietnamese           | Male Vietnamese  | Văn_Hưng Nguyễn         > Van_Hung Nguyen
Vietnamese           | Female Vietnamese| Thị_Hồng Phạm           > Thi_Hong Pham
Vietnamese           | Male Vietnamese  | Đức_Anh Trần            > Duc_Anh Tran
Vietnamese           | Male Vietnamese  | Quốc_Bảo Đặng           > Quoc_Bao Dang
Eritrean, Ethiopian  | Male Eritrean    | Filmon Tesfay           > Philmon Tesfai
Eritrean, Ethiopian  | Male Eritrean    | Yohannes Gebremedhin    > Yohanes Ghebremedhin
Eritrean, Ethiopian  | Male Eritrean    | Tsegay Woldemichael     > Tsegai Weldemikael
Eritrean, Ethiopian  | Female Ethiopian | Hiwot Kidane            > Hiwet Kidanie
Eritrean, Ethiopian  | Female Eritrean  | Abrehet Tesfay          > Abrhet Tesfai
Sudanese, Arab       | Male Sudanese    | Mohamed Ahmed           > Mohammad Ahmad
Sudanese, Arab       | Male Sudanese    | Abdelrahman Eltayeb     > Abdulrahman Al_Tayib
Sudanese, Arab       | Male Sudanese    | Mutasim Khalifa         > Moatasim Khaleefa
Sudanese, Arab       | Male Sudanese    | Osama Elsadig           > Usama Alsadiq
Sudanese, Arab       | Female Iraqi     | Hiba Nour               > Heba Noor
Somali               | Male Somali      | Maxamed Cali            > Mohamed Ali
Somali               | Male Somali      | Cabdullahi Warsame      > Abdullahi Warsama
Somali               | Female Somali    | Xaawo Maxamuud          > Hawo Mohamud
Somali               | Female Somali    | Faadumo Jaamac          > Faduma Jama
Somali               | Male Somali      | Cali Guuleed            > Ali Guled
Iranian, Kurdish     | Male Iraqi       | Mohammad Ahmadi         > Muhamad Ahmady
Iranian, Kurdish     | Male Iranian     | Hossein Moradi          > Hussain Muradi
Iranian, Kurdish     | Male Iranian     | Shirvan Rasoulzadeh     > Shirwan Rasulzada
Iranian, Kurdish     | Female Iranian   | Zohreh Gholami          > Zuhra Qolami
Iranian, Kurdish     | Male Iraqi       | Sirwan Xoshnaw          > Serwan Khoshnaw
Afghan               | Male Afghan      | Ahmad Khan              > Ahmed Kahn
Afghan               | Male Afghan      | Zabihullah Stanikzai    > Zabiullah Stanekzay
Afghan               | Male Afghan      | Najibullah Ahmadzai     > Najeebullah Ahmadzay
Afghan               | Male Afghan      | Rahmatullah Noori       > Rahmat_Ullah Nuri
Afghan               | Male Afghan      | Gul_Agha Safi           > Gulagha Saafi
Chinese              | Male Chinese     | Wei Chen                > Way Chan
Chinese              | Female Chinese   | Xiaoyan Zhang           > Hsiao-yen Chang
Chinese              | Male Chinese     | Jianguo Xu              > Chien-kuo Hsu
Chinese              | Female Chinese   | Mei_Ling Chen           > Meiling Chan
Chinese              | Male Chinese     | Zhiqiang Guo            > Zhi_Qiang Kuo
South Asian          | Male Indian      | Harpreet Singh          > Herprit Sing
South Asian          | Male Bangladeshi | Mohammed Choudhury      > Md Chowdhury
South Asian          | Male Indian      | Gurpreet Sidhu          > Gurprit Sidhoo
South Asian          | Female Pakistani | Shahnaz Begum           > Shehnaz Begam
South Asian          | Male Sri_Lankan  | Krishnan Subramaniam    > Kirishnan Subramanyam
East European        | Male Romanian    | Ștefan Popescu          > Stephan Popesku
East European        | Male Polish      | Łukasz Wójcik           > Lukasz Wojcik
East European        | Female Bulgarian | Yuliya Georgieva        > Iulia Gueorguieva
East European        | Male Bulgarian   | Krasimir Ivanov         > Krassimir Ivanoff
East European        | Male Lithuanian  | Andrius Kazlauskas      > Andriejus Kozlowski
West African         | Female Nigerian  | Blessing Osagie         > Blesing Osaghie
West African         | Male Nigerian    | Oluwaseun Adeyemi       > Seun Adeyemy
West African         | Male Nigerian    | Chukwuemeka Okonkwo     > Emeka Okonquo
West African         | Male Gambian     | Mamadou Diallo          > Mamadu Jallow
West African         | Female Guinean   | Fatoumata Bah           > Fatumatta Ba
"""


def _people() -> tuple[ProbePerson, ...]:
    found = []
    for number, line in enumerate(_SPELT.strip().split("\n")):
        tradition, facts, names = (part.strip() for part in line.split("|"))
        gender, nationality = facts.split()
        spelt = [name.replace("_", " ") for name in names.replace(">", " ").split()]
        found.append(
            ProbePerson(
                tradition, nationality.replace("_", " "), gender, _BIRTHS[number % len(_BIRTHS)], *spelt
            )
        )
    return tuple(found)


PEOPLE: tuple[ProbePerson, ...] = _people()
"""In the order of their traditions, the baseline first."""
