"""What a name is made of, as far as it tells who is meant: in any order, without titles and legal forms."""

import re
from functools import cache

from crmcli.core.normal import fold
from crmcli.core.words import is_dense

_TITLES = frozenset(
    ["dr", "prof", "mr", "mrs", "ms", "miss", "herr", "frau", "dipl", "ing", "jr", "sr", "phd", "mba", "sir", "dame"]
)
_LEGAL = frozenset(
    [
        "gmbh",
        "mbh",
        "ug",
        "ag",
        "kg",
        "ohg",
        "gbr",
        "ev",
        "eg",
        "ltd",
        "limited",
        "inc",
        "incorporated",
        "corp",
        "corporation",
        "co",
        "company",
        "llc",
        "llp",
        "lp",
        "plc",
        "pty",
        "pte",
        "sa",
        "sas",
        "sarl",
        "srl",
        "spa",
        "sl",
        "bv",
        "nv",
        "vof",
        "oy",
        "oyj",
        "ab",
        "as",
        "asa",
        "aps",
        "kft",
        "zrt",
        "doo",
        "sro",
        "as",
        "kk",
        "the",
        "and",
        "und",
        "und",
        "et",
        "y",
    ]
)
#: What stands behind, or before, the name of an organisation without a blank.
ENDINGS = ("股份有限公司", "有限责任公司", "有限公司", "公司", "株式会社", "有限会社", "주식회사")
_BESIDE = frozenset((*ENDINGS, "주"))  # the last one stands in parentheses: (주)

_HAN = re.compile("[\u4e00-\u9fff]+")
_is_dense = cache(is_dense)
_SEVERAL = " "  # no word: there is none, or more than one

#: The surnames of three in four Chinese people.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)

#: What people are called by for short, by the names that it can stand for.
_SHORT = {
    "robert": "bob bobby rob robbie bert", "william": "bill billy will willy liam", "elizabeth": "liz lizzie beth betty eliza",
    "katherine": "kate katie kathy kat", "margaret": "peggy maggie meg", "michael": "mike mick micky", "thomas": "tom tommy",
    "james": "jim jimmy jamie", "richard": "dick rick ricky rich", "edward": "ted teddy ed eddie", "joseph": "joe joey",
    "charles": "charlie chuck chas", "daniel": "dan danny", "samuel": "sam sammy", "benjamin": "ben benny",
    "andrew": "andy drew", "anthony": "tony", "nicholas": "nick nicky", "susan": "sue susie", "deborah": "debbie deb",
    "jennifer": "jenny jen", "rebecca": "becky becca", "victoria": "vicky vic", "patricia": "pat patty trish", "patrick": "pat paddy",
    "johannes": "hans hannes", "friedrich": "fritz", "francisco": "paco pancho", "jose": "pepe", "giuseppe": "beppe",
    "matthew": "matt matty", "alexander": "alex sascha xander", "alexandra": "alex sandra sascha", "christopher": "chris kit",
    "christine": "chris tina", "john": "jack johnny", "jonathan": "jon", "stephen": "steve", "steven": "steve", "david": "dave davy",
    "gregory": "greg", "kenneth": "ken", "ronald": "ron", "donald": "don", "timothy": "tim", "peter": "pete", "philip": "phil",
    "frederick": "fred freddy", "gerald": "gerry jerry", "lawrence": "larry", "leonard": "len lenny", "raymond": "ray",
    "theodore": "ted theo", "vincent": "vince", "walter": "walt wally", "barbara": "barb", "catherine": "cathy kate cat",
    "dorothy": "dot dolly", "eleanor": "nell ellie", "frances": "fran", "jessica": "jess", "judith": "judy", "pamela": "pam",
    "sarah": "sally", "theresa": "terry tess", "valerie": "val", "wilhelm": "willi", "heinrich": "heinz", "georg": "schorsch",
    "ludwig": "lutz", "josef": "sepp", "maximilian": "max", "sebastian": "basti", "alejandro": "alex", "ignacio": "nacho",
    "dmitri": "dima", "ivan": "vanya", "aleksandr": "sasha", "maria": "mia", "jacques": "jacquot", "louis": "lou",
}  # fmt: skip
_LONG: dict[str, frozenset[str]] = {}
for _name, _texts in _SHORT.items():
    for _text in _texts.split():
        _LONG[_text] = _LONG.get(_text, frozenset()) | {_name}

SHORT = frozenset(_LONG)

#: The long form of a name that has just one.
_LONGEST = {short: next(iter(long)) for short, long in _LONG.items() if len(long) == 1 and short not in _SHORT}


def parts(name: str, *, is_organisation: bool) -> tuple[str, ...]:
    """The words of a name that tell who is meant, folded and sorted, those of people in their long form.

    A name of nothing else keeps all its words. Han, kana and Hangul stand as one word, the surname first where it was
    put behind.
    """
    word_of = _word_of_organisation if is_organisation else _word_of_person
    words = name.split()
    if len(words) == 2 and name.isascii():  # noqa: PLR2004 (nearly all, so they are spared the rest)
        one, other = word_of(words[0]), word_of(words[1])
        if one and other and _SEVERAL not in (one, other):
            return (one, other) if one <= other else (other, one)
    words = [word_of(word) for word in words]
    if _SEVERAL in words or (len(words) > 1 and not name.isascii() and any(_is_dense(word[:1]) for word in words)):
        words = telling(name, is_organisation=is_organisation)
    elif "" in words:
        words = [word for word in words if word] or telling(name, is_organisation=is_organisation)
    words.sort()
    return tuple(words)


def can_be_short(one: str, other: str) -> bool:
    """Whether both can stand for the same name: Bob for Robert, Alex for Alexander and for Alexandra."""
    first, second = _LONG.get(one, frozenset()) | {one}, _LONG.get(other, frozenset()) | {other}
    return not first.isdisjoint(second)


def telling(name: str, *, is_organisation: bool) -> list[str]:
    """The words of `parts` in the order of the name."""
    words = _words(name)
    if not (_LEGAL if is_organisation else _TITLES).isdisjoint(words):
        words = [word for word in words if word not in (_LEGAL if is_organisation else _TITLES)] or words
    if not name.isascii():
        words = _joined(words, is_organisation=is_organisation)
    return words if is_organisation else [_LONGEST.get(word, word) for word in words]


@cache
def _word_of_person(token: str) -> str:
    """The word that a part of a name gives, empty for a title; always the same object."""
    word = _word(token)
    return "" if word in _TITLES else _LONGEST.get(word, word)


@cache
def _word_of_organisation(token: str) -> str:
    word = _word(token)
    return "" if word in _LEGAL else _SEVERAL if word.startswith(ENDINGS) or word.endswith(ENDINGS) else word


def _word(token: str) -> str:
    words = _words(token)
    is_one = len(words) == 1 and (_HAN.fullmatch(token) or not any(map(_is_dense, words[0])))
    return words[0] if is_one else _SEVERAL


def _words(name: str) -> list[str]:
    if _HAN.fullmatch(name):
        return [name]
    folded = fold(name)
    if folded.isascii() and folded.replace(" ", "").isalpha():
        return folded.split()
    if "." in folded:
        folded = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", folded)  # s.a., G.m.b.H.
    return re.findall(r"[^\W_]+", folded.replace("'", "").replace("’", ""))


def _joined(words: list[str], *, is_organisation: bool) -> list[str]:
    if is_organisation:
        words = [_without_ending(word) for word in words if word not in _BESIDE] or words
    dense = [word for word in words if _is_dense(word[0])]
    if not dense:
        return words
    if len(dense) > 1 and not is_organisation and dense[-1] in _SURNAMES and dense[0] not in _SURNAMES:
        dense = [dense[-1], *dense[:-1]]
    whole = "".join(dense)
    if is_organisation:
        whole = _without_ending(whole)
    return [*(word for word in words if not _is_dense(word[0])), whole]


def _without_ending(word: str) -> str:
    for ending in ENDINGS:
        word = word.removesuffix(ending).removeprefix(ending) or word
    return word
