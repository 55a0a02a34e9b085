"""The posts that a cell names: which words are titles, and which only stand between them."""

import pytest

from plans.titles import Titles, is_nobody, is_slip

KNOWN = [
    *("Service Manager", "Unpaid Work Manager", "Senior Social Worker", "Information Lead"),
    *("Head of Service", "Manager", "SACRO", "TBC", "supported by", "Lead"),
]


def read(text: str, known: list[str] = KNOWN) -> tuple[list[str], list[str]]:
    """The posts, with “!” where known and their role in brackets; and the words that are none."""
    posts, nobody, _ = Titles(known).read(text)
    roles = {"": "", "lead": " (lead)", "support": " (support)"}
    return [f"{one.title}{'!' * one.known}{roles[one.role]}" for one in posts], nobody


@pytest.mark.parametrize(
    "text",
    [
        *("TBC", "tbc.", "T.B.C.", "TBA", "TBD", "N/A", "n.a.", "none", "None identified", "nil"),
        *("to be confirmed", "To be agreed by the Board", "not yet appointed", "unassigned"),
        *("all", "All staff", "all partners", "everyone", "various", "vacant", "Vacant post"),
        *("not applicable", "as above", "–", "-", "?", "…", "(TBC)", "None at present"),
    ],
)
def test_words_that_say_that_there_is_nobody_are_no_post(text: str) -> None:
    assert is_nobody(text)
    assert read(text)[0] == []


@pytest.mark.parametrize(
    "text",
    ["Nan Allan", "All Age Services Manager", "Director", "Vacant Homes Officer", "NHS", "Allan"],
)
def test_titles_that_only_begin_like_them_are_posts(text: str) -> None:
    assert not is_nobody(text)
    assert read(text, []) == ([text], [])


@pytest.mark.parametrize(
    ("text", "posts", "nobody"),
    [
        ("1. Service Manager\n2. Head of Service", ["Service Manager!", "Head of Service!"], []),
        ("1) Jane Smith\n(2) John Reid", ["Jane Smith", "John Reid"], []),
        ("1. Service Manager 2. Head of Service", ["Service Manager!", "Head of Service!"], ["2"]),
        ("Acting Service Manager", ["Service Manager!"], ["Acting"]),
        ("Acting Team Leader", ["Acting Team Leader"], []),
        ("Senior Social Workers x 3", ["Senior Social Worker!"], ["x 3"]),
        ("2 x Service Manager", ["Service Manager!"], ["2 x"]),
        ("Service Manager\nMarch 2020", ["Service Manager!"], ["March 2020"]),
        ("Head of Service - 30 June 2020", ["Head of Service!"], ["30 June 2020"]),
        ("Head of Service (from July 2020)", ["Head of Service!"], ["from July 2020"]),
        ("7", [], ["7"]),
        ("Team Leader 2", ["Team Leader 2"], []),
        ("April", ["April"], []),
    ],
)
def test_a_number_a_date_or_for_how_long_is_no_post(
    text: str, posts: list[str], nobody: list[str]
) -> None:
    assert read(text) == (posts, nobody)


@pytest.mark.parametrize(
    ("text", "posts", "nobody"),
    [
        (
            "Service Manager supported by Information Lead",
            *(["Service Manager!", "Information Lead! (support)"], []),
        ),
        (
            "Lead: Head of Service; Support: Service Manager",
            *(["Head of Service! (lead)", "Service Manager! (support)"], []),
        ),
        (
            "Lead: Head of Service Supporting: Service Manager",
            *(["Head of Service! (lead)", "Service Manager! (support)"], []),
        ),
        (
            "Lead\nHead of Service\nSupport\nService Manager\nJane Smith",
            *(
                ["Head of Service! (lead)", "Service Manager! (support)", "Jane Smith (support)"],
                [],
            ),
        ),
        (
            "Information Lead (support), Service Manager (lead)",
            *(["Information Lead! (support)", "Service Manager! (lead)"], []),
        ),
        (
            "Head of Service with support from Data Analyst and SACRO",
            *(["Head of Service!", "Data Analyst and SACRO (support)"], []),
        ),
        ("Service Manager with SACRO", ["Service Manager!", "SACRO!"], []),
        ("Team Leader with Police Scotland", ["Team Leader", "Police Scotland"], []),
        ("Engagement with Families Lead", ["Engagement with Families Lead"], []),
        ("Jane Smith c/o Head of Service", ["Jane Smith", "Head of Service!"], []),
        ("TBC, supported by SACRO", ["SACRO! (support)"], ["TBC"]),
        ("Service Manager, TBC", ["Service Manager!"], ["TBC"]),
        ("Service Manager (vacant)", ["Service Manager!"], ["vacant"]),
        ("Service Manager - TBC", ["Service Manager!"], ["TBC"]),
        ("Team Leader TBC", ["Team Leader"], ["TBC"]),
        ("All Service Managers", ["Service Manager!"], ["All"]),
        ("Service Manager & others", ["Service Manager!"], ["others"]),
        ("Business Support", ["Business Support"], []),
        ("Support Officer", ["Support Officer"], []),
        ("Quality Lead: Jane Smith", ["Quality Lead: Jane Smith"], []),
    ],
)
def test_words_between_posts_are_no_posts(text: str, posts: list[str], nobody: list[str]) -> None:
    assert read(text) == (posts, nobody)


@pytest.mark.parametrize(
    ("text", "posts"),
    [
        ("Service Manager - Unpaid Work", ["Service Manager - Unpaid Work"]),
        ("Service Manager – Unpaid Work", ["Service Manager – Unpaid Work"]),
        ("Unpaid Work - Service Manager", ["Unpaid Work - Service Manager"]),
        ("Service Manager (Unpaid Work)", ["Service Manager (Unpaid Work)"]),
        ("Community Justice (Service Manager)", ["Community Justice (Service Manager)"]),
        ("Head of Service - Service Manager", ["Head of Service!", "Service Manager!"]),
        ("SACRO - Service Manager", ["SACRO!", "Service Manager!"]),
        ("Service Manager/Unpaid Work Manager", ["Service Manager!", "Unpaid Work Manager!"]),
    ],
)
def test_what_a_dash_or_brackets_add_is_of_one_post(text: str, posts: list[str]) -> None:
    assert read(text)[0] == posts


def test_a_post_with_a_dash_does_not_swallow_the_post_that_follows_another() -> None:
    known = [*KNOWN, "Service Manager - Unpaid Work"]
    assert read("Service Manager Unpaid Work Manager", known)[0] == [
        "Service Manager!",
        "Unpaid Work Manager!",
    ]
    assert read("Service Manager – Unpaid Work", known)[0] == ["Service Manager - Unpaid Work!"]


def doubts(text: str) -> list[str]:
    return Titles([*KNOWN, "Justice Co-ordinator"]).read(text).doubts


@pytest.mark.parametrize(
    ("text", "posts"),
    [
        ("Community Justice Co-ordinator", ["Community Justice Co-ordinator"]),
        (
            "Information Lead; Community Justice Co-ordinator",
            ["Information Lead!", "Community Justice Co-ordinator"],
        ),
        (
            "Head of Service Community Justice Co-ordinator",
            ["Head of Service!", "Community Justice Co-ordinator"],
        ),
        ("Service Manager Unpaid Work", ["Service Manager Unpaid Work"]),
        ("Deputy Head of Service", ["Deputy Head of Service"]),
        ("Community Justice Co-ordinator (TBC)", ["Community Justice Co-ordinator"]),
        ("SACRO Justice Co-ordinator", ["SACRO!", "Justice Co-ordinator!"]),
        ("Police Scotland/Service Manager", ["Police Scotland", "Service Manager!"]),
        ("Team Leader Service Manager", ["Team Leader", "Service Manager!"]),
        ("Unpaid Work Manager CVS", ["Unpaid Work Manager!", "CVS"]),
        ("Learning and Service Manager", ["Learning", "Service Manager!"]),
    ],
)
def test_a_space_cuts_no_title(text: str, posts: list[str]) -> None:
    assert read(text, [*KNOWN, "Justice Co-ordinator"])[0] == posts


@pytest.mark.parametrize(
    ("text", "posts"),
    [
        ("Unpaid Work\nManager", ["Unpaid Work Manager!"]),
        (
            "Head\nof\nService\nSenior Social\nWorkers",
            ["Head of Service!", "Senior Social Worker!"],
        ),
        ("Information\nLead", ["Information Lead!"]),
        ("Director of\nEducation", ["Director of Education"]),
        ("Learning\n& Development Lead", ["Learning & Development Lead"]),
        ("Service Manager and\nHead of Service", ["Service Manager!", "Head of Service!"]),
        ("Service Manager\nUnpaid Work Manager", ["Service Manager!", "Unpaid Work Manager!"]),
        ("Police Scotland\nHead of Service", ["Police Scotland", "Head of Service!"]),
    ],
)
def test_a_line_break_cuts_no_title_that_goes_on(text: str, posts: list[str]) -> None:
    assert read(text)[0] == posts


@pytest.mark.parametrize(
    ("text", "one", "two"),
    [
        ("Community\nJustice Co-ordinator", "Community", "Justice Co-ordinator"),
        ("Team Leader Service Manager", "Team Leader", "Service Manager"),
        ("Unpaid Work Manager CVS", "Unpaid Work Manager", "CVS"),
        ("Learning and Service Manager", "Learning and", "Service Manager"),
    ],
)
def test_a_title_that_is_cut_by_a_guess_is_said_to_be(text: str, one: str, two: str) -> None:
    whole = " ".join(text.split())
    said = f"“{whole}” is taken as two posts, “{one}” and “{two}”: it may be one title."
    assert doubts(text) == [said]


def test_words_that_are_kept_with_a_known_title_are_said_to_be() -> None:
    said = "is taken as one title, and not as “Community” and “Justice Co-ordinator”."
    assert doubts("Community Justice Co-ordinator") == [f"“Community Justice Co-ordinator” {said}"]


@pytest.mark.parametrize(
    "text",
    [
        *("Service Manager Unpaid Work Manager", "Police Scotland/Service Manager", "All Leads"),
        *("Service Manager; SACRO", "Service Manager and Police Scotland", "Team Leader TBC"),
        *("SACRO\nService Manager", "Service Manager\nPolice Scotland", "NHS\nHead of Service"),
        "Service Manager - Unpaid Work",
    ],
)
def test_a_cell_that_can_be_read_in_one_way_has_no_doubts(text: str) -> None:
    assert doubts(text) == []


@pytest.mark.parametrize(
    ("title", "known", "slip"),
    [
        ("Unpaid Work Manger", "Unpaid Work Manager", True),
        ("Head of Servces", "Head of Service", True),
        ("Co ordinator", "Coordinator", True),
        ("Team Leader East", "Team Leader West", False),
        ("Team Leader 2", "Team Leader 1", False),
        ("Team A", "Team B", False),
        ("Senior Officer", "Junior Officer", False),
        ("Service Manager - Unpaid Work", "Service Manager", False),
    ],
)
def test_a_slip_is_of_letters_and_not_of_words(title: str, known: str, slip: bool) -> None:
    assert is_slip(title, known) == slip


@pytest.mark.parametrize(
    "text",
    [
        *("Service Manager - ", "(Service Manager ", "x - ", "Lead: ", "support from ", "with "),
        *("TBC ", "c/o ", "Support: a ", "Service Manager with ", "x and Manager ", "\0", "& "),
        *("and\n", "Head of\n", "x\n", "x Service Manager ", "Service Manager\n", "of x\n"),
    ],
)
def test_a_long_cell_is_read_in_a_short_time(text: str) -> None:
    Titles(KNOWN).read(text * (20_000 // len(text)) + "x")
