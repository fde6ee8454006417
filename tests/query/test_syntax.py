import pytest

from crmcli.query.syntax import All, Any, Node, Not, Query, QueryError, Term, Value, parse, sorting


def shape(node: Node) -> object:
    """The tree without its spans."""
    match node:
        case Term(field, op, values):
            return (field, op, *(value.text for value in values))
        case Not(item):
            return ["not", shape(item)]
        case All(items):
            return ["and", *map(shape, items)]
        case Any(items):
            return ["or", *map(shape, items)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ["and"]),
        ([""], ["and"]),
        (["Ada"], (None, ":", "Ada")),
        (["Ada", "Lovelace"], ["and", (None, ":", "Ada"), (None, ":", "Lovelace")]),
        (["Ada Lovelace"], ["and", (None, ":", "Ada"), (None, ":", "Lovelace")]),
        (['"Ada Lovelace"'], (None, ":", "Ada Lovelace")),
        (["city:Berlin,Paris"], ("city", ":", "Berlin", "Paris")),
        (['city:"Berlin,Paris",Rome'], ("city", ":", "Berlin,Paris", "Rome")),
        ([r'name:"say \"hi\" \\ C:\x"'], ("name", ":", r'say "hi" \ C:\x')),
        (["email:"], ("email", ":")),
        (['email:""'], ("email", ":")),
        (["email:,"], ("email", ":")),
        (["amount>=1k"], ("amount", ">=", "1k")),
        (["amount!=5"], ("amount", "!=", "5")),
        (["+vip"], ("tag", "=", "vip")),
        (['+"key account",vip'], ("tag", "=", "key account", "vip")),
        (["deal.stage:quote"], ("deal.stage", ":", "quote")),
        (["a", "or", "b", "c"], ["or", (None, ":", "a"), ["and", (None, ":", "b"), (None, ":", "c")]]),
        (["a", "AND", "b"], ["and", (None, ":", "a"), (None, ":", "b")]),
        (["not", "(a or b)"], ["not", ["or", (None, ":", "a"), (None, ":", "b")]]),
        (["not not a"], ["not", ["not", (None, ":", "a")]]),
        (["15:00"], (None, ":", "15:00")),
        (['"or"'], (None, ":", "or")),
    ],
)
def test_words_become_a_tree(words: list[str], expected: object) -> None:
    assert shape(parse(words).node) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("owner.manager:Melvin Marxen", ("owner.manager", ":", "Melvin Marxen")),
        ("owner=Ann Lee, Bo Ek", ("owner", "=", "Ann Lee", "Bo Ek")),
        (" at:3d ago ", ("at", ":", "3d ago")),
        ("city:Berlin vip:yes", ["and", ("city", ":", "Berlin"), ("vip", ":", "yes")]),
        ("city:Berlin +vip", ["and", ("city", ":", "Berlin"), ("tag", "=", "vip")]),
        ("city:Berlin or Paris", ["or", ("city", ":", "Berlin"), (None, ":", "Paris")]),
        ("city:New (York)", ["and", ("city", ":", "New"), (None, ":", "York")]),
        ('city:New "York"', ["and", ("city", ":", "New"), (None, ":", "York")]),
        ("email: Ada", ["and", ("email", ":"), (None, ":", "Ada")]),
    ],
)
def test_a_word_that_the_shell_unquoted_is_one_term_when_only_bare_words_follow(word: str, expected: object) -> None:
    assert shape(parse([word]).node) == expected


def test_sort_terms_leave_the_tree() -> None:
    query = parse(["sort:-amount,name", "city:Berlin", "sort:+id"])

    assert shape(query.node) == ("city", ":", "Berlin")
    assert [(sort.field, sort.is_descending) for sort in query.sorts] == [
        ("amount", True),
        ("name", False),
        ("id", False),
    ]


def test_the_sort_option_is_read_like_a_sort_term() -> None:
    assert [(sort.field, sort.is_descending) for sort in sorting("-amount, name").sorts] == [
        ("amount", True),
        ("name", False),
    ]


def test_values_know_where_they_stand() -> None:
    query = parse(["x", "city:Berlin,Paris"])

    assert query.node == All(
        (
            Term(None, ":", (Value("x", (0, 1)),), (0, 1)),
            Term("city", ":", (Value("Berlin", (7, 13)), Value("Paris", (14, 19))), (2, 19)),
        )
    )


@pytest.mark.parametrize(
    ("words", "message", "line", "caret"),
    [
        (["a", '"b'], 'a quote is not closed; write "two words"', 'a "b', "  ^^"),
        (["(a"], "a ')' is missing", "(a", "  ^"),
        (["a)"], "this ')' closes nothing", "a)", " ^"),
        (["a", "or"], "a word or a field:value is missing", "a or", "    ^"),
        (["or", "a"], "a word or a field:value is missing", "or a", "^^"),
        (["not"], "a word or a field:value is missing", "not", "   ^"),
        (["()"], "a word or a field:value is missing", "()", " ^"),
        (["amount>"], "a value is missing after '>'", "amount>", "^^^^^^^"),
        (["伟芳", "+"], "a tag is missing after '+'", "伟芳 +", "     ^"),
        (["sort:"], "sort: needs fields, as in sort:-amount,name", "sort:", "^^^^^"),
        (["sort>name"], "sort: needs fields, as in sort:-amount,name", "sort>name", "^^^^^^^^^"),
        (["not", "sort:name"], "sort: is no condition; write it at the end", "not sort:name", "    ^^^^^^^^^"),
        (["(sort:name)"], "sort: is no condition; write it at the end", "(sort:name)", " ^^^^^^^^^"),
        (["a\nb\x1b", "("], "a word or a field:value is missing", "a b  (", "      ^"),
    ],
)
def test_an_error_points_at_its_place(words: list[str], message: str, line: str, caret: str) -> None:
    with pytest.raises(QueryError) as error:
        parse(words)

    assert str(error.value) == message
    assert error.value.hint == f"{line}\n{caret}"
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["("] * 5_000, "nested deeper than 50 levels"),
        (["not"] * 5_000, "nested deeper than 50 levels"),
        (["x" * 20_001], "the query is longer than 20,000 characters"),
        (["x" * 1_001], "this value is longer than 1,000 characters"),
        (['"' + '\\"' * 9_000], "a quote is not closed"),
    ],
)
def test_a_query_that_is_too_much_is_refused(words: list[str], message: str) -> None:
    with pytest.raises(Exception, match=message):
        parse(words)


def test_a_long_term_is_cut_in_a_message() -> None:
    query = Query(All(()), (), "x" * 100)

    assert query.shown((0, 100)) == repr("x" * 59 + "…")
