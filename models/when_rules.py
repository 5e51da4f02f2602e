"""Rules that read whole wordings: from, until, ranges, times of day, and words without days."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from functools import lru_cache
from itertools import islice

from models.when_days import DAYS, month_of
from models.when_reading import YEAR, YEAR4, Reading, Rule, Unit
from models.when_seasons import SEASONS_AND_YEARS
from models.when_words import fold, one_of, weekday_number

APPROXIMATE = re.compile(
    r"(?<!\w)"
    + one_of(
        *("ca", "circa", "zirka", "etwa", "ungefähr", "ungef", "gegen", "rund"),
        *("voraussichtlich", "vorauss", "vsl", "vermutlich", "wahrscheinlich"),
        *("about", "around", "approx", "approximately", "roughly", "environ", "vers"),
        *("около", "примерно", "приблизно", "близько", "yaklaşık", "około", "aproximativ"),
        *("حوالي", "تقريبا", "حدود"),
    )
    + r"(?!\w)\.? ?|[~≈] ?| ?\(?\?+$"
)
FILLER_WORDS = one_of(
    *("im", "am", "in", "zum", "zur", "zu", "den", "dem", "der", "die", "das", "des", "Laufe", "während"),
    *(
        "Monat",
        "Monats",
        "Jahr",
        "Jahres",
        "geplant",
        "für",
        "on",
        "the",
        "of",
        "year",
        "en",
        "le",
        "d'",
        "di",
        "la",
    ),
    *("в", "во", "у", "w", "we", "în", "في", "در", "شهر", "سنة", "عام", "ماه", "سال"),
)
FILLER = re.compile(rf"^(?:{FILLER_WORDS} )+")
YEAR_WORDS = one_of(
    *("г.", "года", "году", "р.", "року", "році", "r.", "roku", "yılı", "yılında", "م"),
    *("an", "an de", "ê", "ê de", "'da", "'de", "'ta", "'te"),
)
YEAR_WORD = re.compile(rf"(?<=\d) ?{YEAR_WORDS}$")

PART = {"anfang": 0, "beginn": 0, "mitte": 1, "ende": 2}
PART |= {"beginning": 0, "early": 0, "middle": 1, "mid": 1, "end": 2, "late": 2}
A_PART = "|".join(PART)
PARTS = re.compile(rf"(?P<first>{A_PART})(?:(?: ?[/-] ?| bis | und )(?P<last>{A_PART}))?[ -](?P<rest>.+)")

JOIN = one_of("bis", "bis zum", "und", "u.", "oder", "bzw.", "to", "and", "or")
VAGUE = re.compile(rf"(?<!\w)(?:{A_PART}|winter)(?!\w)")
SEPARATOR = re.compile(rf" ?(?:[-/&+,]|(?<!\w){JOIN}(?!\w)\.?) ?")
MOST_SPLITS = 5  # "12-06-2019 - 14-06-2019" splits at its third; more would only cost time
YEAR_FIRST = re.compile(YEAR4)
MONTH_LIST = re.compile(rf"(?P<names>[^\W\d].*?)[ /-]{YEAR}")

LATEST = one_of("bis", "bis spätestens", "spätestens", "spätestens bis", "bis zum", "until", "till", "by")
UNTIL = re.compile(rf"{LATEST} (.+)")
SINCE = re.compile(rf"{one_of('ab', 'seit', 'beginnend', 'from', 'since', 'starting', 'as of')} (.+)")
BETWEEN = re.compile(rf"{one_of('von', 'vom', 'zwischen', 'from', 'between')} (.+)|(?:ab|seit) (.+ bis .+)")
AFTER = re.compile(rf"{one_of('nach', 'after')} (.+)")
BEFORE = re.compile(rf"{one_of('vor', 'before')} (.+)")
AT_ONCE = one_of("ab sofort", "sofort", "ab jetzt", "ab heute", "immediately", "from now on", "as of now")
NOW = re.compile(rf"{AT_ONCE}(?: (bis .+))?")

WITHOUT_DAYS = frozenset(
    fold(words)
    for words in (
        *(
            "offen",
            "noch offen",
            "noch unklar",
            "unklar",
            "unbekannt",
            "n.n.",
            "N. N.",
            "nn",
            "tbd",
            "tba",
            "open",
        ),
        *("demnächst", "in Kürze", "zeitnah", "bald", "baldmöglichst", "so bald wie möglich", "soon", "asap"),
        *("steht noch nicht fest", "noch nicht bekannt", "noch festzulegen", "k.A.", "-", "?"),
    )
)
ALWAYS = one_of(
    *("laufend", "fortlaufend", "kontinuierlich", "dauerhaft", "regelmäßig", "ständig", "jederzeit"),
    *("jährlich", "halbjährlich", "vierteljährlich", "quartalsweise", "monatlich", "wöchentlich", "täglich"),
    *("ongoing", "continuous", "continuously", "regularly", "yearly", "annually", "monthly", "weekly"),
)
PERIOD = r"(?:schul|kalender|halb)?jahr(?:es)?|quartal|monat|woche|tag|year|quarter|month|week"
TIMES = r"(?:(?:ein|zwei|drei|vier|mehr)mal|\d{1,2} ?(?:x|mal)|once|twice)"
RECURRING = re.compile(
    rf"(?:(?:mindestens )?{TIMES} (?:im|pro|je|am|in der|a|per) (?:{PERIOD})"
    rf"|(?:mindestens )?(?:{TIMES} )?{ALWAYS}"
    rf"|(?:jede[snr]?|every|each) (?:{PERIOD})"
    r"|alle (?:[^\W\d_]+ |\d+ )?(?:jahre|quartale|monate|wochen|tage))(?:,? (?P<rest>.+))?"
)

HOUR = r"(?P<{0}>[01]?\d|2[0-3])(?:[:.h](?P<{0}_minute>[0-5]\d))?(?P<{0}_second>:[0-5]\d)?"
AT = one_of("um", "von", "ab", "at", "à", "o", "la", "saat", "godz.", "о", "в", "الساعة", "ساعت")
CLOCK = re.compile(
    rf"(?:[ ,;]+|(?<=\d)t)(?:{AT} )?{HOUR.format('start')}(?: ?(?:uhr|h)(?!\w))?"
    rf"(?: ?(?:-|bis|to) ?{HOUR.format('end')})?(?: ?(?:uhr|h))?$"
)
WEEKDAY_FIRST = re.compile(
    r"(?P<name>[^\W\d_]+(?:'[^\W\d_]+)?\.?(?: [^\W\d_]+)?)(?:\.?, ?| )(?P<rest>.*\d.*)"
)
WEEKDAY_LAST = re.compile(r"(?P<rest>.*\d)[ ,(]+(?P<name>[^\W\d_]+(?:'[^\W\d_]+)?)")


@lru_cache(maxsize=1024)
def read(wording: str) -> Reading | None:
    """Return what the wording says, or None where it cannot be read; it invents nothing."""
    text = fold(wording)
    if text in WITHOUT_DAYS or not wording.strip():
        return Reading()
    plain = APPROXIMATE.sub("", text).strip(" ,()")
    reading = _first(RULES, plain)
    return replace(reading, approximate=True) if reading and plain != text else reading


def _first(rules: tuple[Rule, ...], text: str) -> Reading | None:
    """Return what the first fitting rule reads; a day that no calendar has is read by none."""
    for rule in rules:
        try:
            reading = rule(text)
        except ValueError:
            return None
        if reading is not None:
            return reading
    return None


def _span(text: str) -> Reading | None:
    """Read one stretch of days with its year, whatever small words stand before or after."""
    return _first(SPANS, YEAR_WORD.sub("", FILLER.sub("", text)))


def _part(text: str) -> Reading | None:
    """Anfang März 2019, Mitte/Ende 2019: thirds of a month (1-10, 11-20, 21-) or of something longer."""
    found = PARTS.fullmatch(text)
    if not found or PARTS.fullmatch(found["rest"]):
        return None
    whole = _span(found["rest"])
    first, last = PART[found["first"]], PART[found["last"] or found["first"]]
    if whole is None or whole.unit in (Unit.DAY, Unit.WEEK) or first > last:
        return None
    if whole.earliest is None or whole.latest is None:
        return None
    starts = _thirds(whole.earliest, whole.latest)
    return replace(whole, earliest=starts[first], latest=starts[last + 1] - timedelta(days=1))


def _thirds(first: date, last: date) -> tuple[date, ...]:
    """Return the first day of each third, and the day after the last one."""
    after = last + timedelta(days=1)
    if (first.year, first.month) == (last.year, last.month):
        return first, first.replace(day=11), first.replace(day=21), after
    if (first.month, first.day) == (1, 1) and after == date(first.year + 1, 1, 1):
        return first, first.replace(month=5), first.replace(month=9), after
    third = (after - first) // 3
    return first, first + third, after - third, after


def _extent(text: str) -> Reading | None:
    """Read a stretch of days, a range, or a day with weekday and clock."""
    return _first(EXTENTS, text)


def _month_list(text: str) -> Reading | None:
    """Jan / Feb 2019, März–Mai 2019: due in the last of the months."""
    found = MONTH_LIST.fullmatch(FILLER.sub("", text))
    if not found:
        return None
    readings = [month_of(name, found["year"]) for name in SEPARATOR.split(found["names"])]
    days = [reading.earliest for reading in readings if reading and reading.earliest]
    last = readings[-1]
    if last is None or len(days) < max(2, len(readings)) or days != sorted(set(days)):
        return None
    return replace(last, earliest=days[0])


def _range(text: str) -> Reading | None:
    """10.-12. Mai 2019, Mai 2019 bis Juli 2019: the left side may borrow month and year from the right."""
    for separator in islice(SEPARATOR.finditer(text), MOST_SPLITS):
        start, end = text[: separator.start()], text[separator.end() :]
        right = _span(end) or _day_in_full(end)
        if right is None or right.earliest is None or right.latest is None:
            continue
        lent = None if YEAR_FIRST.match(end) else right.earliest  # "05/2019/06" is no range
        for left in _left_sides(start, right.unit, lent):
            # "12/13/2019" is no range from December 2013 to 2019.
            alike = left.unit is right.unit or re.search(" -|[a-z]", separator[0])
            if alike and left.earliest and left.latest and left.latest <= right.latest:
                return Reading(left.earliest, right.latest, right.unit, due=right.due)
    return None


def _left_sides(text: str, unit: Unit, lent: date | None) -> Iterator[Reading]:
    """Return the readings of the left side of a range: as it stands, or completed by the lent day."""
    weekday = None
    if unit is Unit.DAY:
        text, weekday = _without_weekday(text)
    if (alone := _span(text)) is not None and (weekday is None or alone.unit is unit):
        yield alone
    if lent is None:
        return
    bare = text.rstrip(" .")
    completed = [f"{text} {lent.year}", f"{bare}.{lent.year}"]
    if unit is Unit.DAY:
        completed = [f"{bare}.{lent.month}.{lent.year}", *completed]
    for wording in completed:
        if (left := _span(wording)) is not None and left.unit is unit:
            yield left


def _day_in_full(text: str) -> Reading | None:
    """Di, 20.11.2018, 14 Uhr: a day with its weekday or a time of day."""
    day, starts, ends = _without_clock(text)
    day, weekday = _without_weekday(FILLER.sub("", day))
    reading = _span(day) if day != text else None
    if reading is None or reading.unit is not Unit.DAY:
        return None
    return replace(reading, weekday=weekday, starts=starts, ends=ends)


def _without_clock(text: str) -> tuple[str, time | None, time | None]:
    """Split off the times of day at the end; a bare number is no time, nor is a spreadsheet's 00:00:00."""
    found = CLOCK.search(text)
    if not found or not re.search(":|h", found[0]):
        return text, None, None
    starts = time(int(found["start"]), int(found["start_minute"] or 0))
    if found["start_second"] and starts == time(0):
        return text[: found.start()], None, None
    ends = time(int(found["end"]), int(found["end_minute"] or 0)) if found["end"] else None
    return text[: found.start()], starts, ends if ends and ends > starts else None


def _without_weekday(text: str) -> tuple[str, int | None]:
    """Split off a weekday before or after the rest."""
    for pattern in (WEEKDAY_FIRST, WEEKDAY_LAST):
        if (found := pattern.fullmatch(text)) and (number := weekday_number(found["name"])) is not None:
            return found["rest"], number
    return text, None


def _until(text: str) -> Reading | None:
    """bis Ende 2019: no first day; due in the month of the last day where that is clear."""
    found = UNTIL.fullmatch(text)
    reading = _extent(found[1]) if found else None
    if not found or reading is None or reading.latest is None:
        return None
    due = reading.due or FILLER.sub("", found[1]).startswith(("ende ", "end "))
    return Reading(None, reading.latest, reading.unit, due=due)


def _since(text: str) -> Reading | None:
    """ab März 2019, seit 2017: open ended, so never due."""
    found = SINCE.fullmatch(text)
    reading = _extent(found[1]) if found else None
    return Reading(reading.earliest, None) if reading and reading.earliest else None


def _between(text: str) -> Reading | None:
    """von März bis Mai 2019, ab März 2019 bis Mai 2019."""
    found = BETWEEN.fullmatch(text)
    return _first((_month_list, _range), found[1] or found[2]) if found else None


def _after(text: str) -> Reading | None:
    """nach dem 12.3.2019: open ended, from the next day on."""
    found = AFTER.fullmatch(text)
    reading = _extent(found[1]) if found else None
    if reading is None or reading.latest is None:
        return None
    vague = VAGUE.search(text)  # "nach Anfang 2019" may well be in February
    return Reading(reading.earliest if vague else reading.latest + timedelta(days=1), None)


def _before(text: str) -> Reading | None:
    """vor dem 12.3.2019: at the latest the day before."""
    found = BEFORE.fullmatch(text)
    reading = _extent(found[1]) if found else None
    if reading is None or reading.earliest is None:
        return None
    vague = VAGUE.search(text)  # "vor Ende 2019" may well be in December
    latest = reading.latest if vague else reading.earliest - timedelta(days=1)
    return Reading(None, latest, reading.unit, due=reading.due)


def _from_now_on(text: str) -> Reading | None:
    """Ab sofort, ab sofort bis Ende 2019: the first day is the day of writing, which the caller knows."""
    found = NOW.fullmatch(text)
    if not found or not found[1]:
        return Reading(from_today=True) if found else None
    until = _until(found[1])
    return replace(until, from_today=True) if until else None


def _recurring(text: str) -> Reading | None:
    """laufend, einmal im Jahr, jährlich im Mai, laufend ab 2019: goes on or comes again, so never due."""
    found = RECURRING.fullmatch(text)
    if not found:
        return None
    rest = found["rest"]
    if not rest or (FILLER.match(rest) and month_of(FILLER.sub("", rest), "2019")):
        return Reading(recurring=True)
    reading = _first((_from_now_on, _between, _since, _until), rest)
    return replace(reading, recurring=True, due=False) if reading else None


SPANS: tuple[Rule, ...] = (*DAYS, *SEASONS_AND_YEARS, _part)
EXTENTS: tuple[Rule, ...] = (_span, _month_list, _range, _day_in_full)
RULES: tuple[Rule, ...] = (*EXTENTS, _from_now_on, _recurring, _until, _between, _since, _after, _before)
