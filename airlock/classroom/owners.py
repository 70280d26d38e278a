"""Whose an attempt in an archive is: by the platform's number and the name, as a group, never by a guess."""

import re
from collections import defaultdict
from datetime import datetime
from itertools import chain, product
from pathlib import Path
from typing import NamedTuple

from airlock.course.moodle_time import moodle_time
from airlock.course.roster import Person, Roster, is_part
from airlock.handin.platforms import Attempt


class Claim(NamedTuple):
    """Why an attempt may be somebody's."""

    sure: bool  # else another of the same name may be meant
    own: bool  # the attempt's number is theirs, and not a group's


class Owners:
    """Finds the students of attempts.

    ``roster``: the class; None where folders are named as the archive names people. ``worksheet``: Moodle's
    grading worksheet, which says who has which number and when they handed in. ``kept``: the folder with a
    folder for each student of whom attempts are kept.

    ``remarks``: sentences on what needs a hand. ``participants``: name and number in Moodle's assignment of
    whom worksheet and archives had, by student.
    """

    def __init__(self, roster: Roster | None, worksheet: Roster | None, kept: Path):
        self.roster, self.kept = roster or worksheet, kept
        self.tables = [table for table in (worksheet, roster) if table]
        self.remarks: list[str] = []
        rows = [(self._in_roster(said), said) for table in self.tables for said in table.people]
        self.rows = {person.id: said for person, said in reversed(rows) if person and said.participant}
        self.participants = {student: (said.name, said.participant) for student, said in self.rows.items()}

    def of(self, attempts: list[Attempt]) -> list[list[Person]]:
        """The students of each attempt; nobody where that is not sure."""
        found = [self._all_of(one) for one in attempts] if self.roster else self._by_archive(attempts)
        claims: dict[str, dict[str, bool]] = defaultdict(dict)  # student -> number -> whether that is sure
        for attempt, people in zip(attempts, found, strict=True):
            for person, claim in people.items():
                claims[person.id][attempt.number] = claim.sure
        owners = []
        for attempt, people in zip(attempts, found, strict=True):
            disputed = [person for person in people if _disputed(claims[person.id], attempt.number)]
            self.remarks += [
                f"{attempt.name} may be {person.id}, and so may another in the archive: place it by hand."
                for person in disputed
            ]
            owners.append([person for person in people if person not in disputed])
            _, moodles, number = attempt.number.partition("participant ")
            for person in owners[-1]:
                known, _ = self.participants.get(person.id, ("", ""))
                if moodles and people[person].own and (person.id not in self.rows or not known):
                    self.participants[person.id] = attempt.name, number
        return owners

    def time(self, student: str) -> datetime | None:
        """When a student handed in, as far as the worksheet tells."""
        said = self.rows[student].time if student in self.rows else ""
        time = moodle_time(said)
        if time is None and said.strip(" -"):
            self.remarks.append(f"{student}: {said!r} is no time that can be read.")
        return time

    def _all_of(self, attempt: Attempt) -> dict[Person, Claim]:
        """Who handed an attempt in."""
        found: dict[Person, Claim] = {}
        strangers = []
        for words in attempt.who:
            people = self._by_words(attempt, words)
            found |= people
            strangers += [] if people else [words]
        if found and strangers:
            names = ", ".join(words[-1] for words in strangers if words)
            self.remarks.append(f"{names}, of {attempt.name}, is not in the roster.")
        return found

    def _by_words(self, attempt: Attempt, words: tuple[str, ...]) -> dict[Person, Claim]:
        assert self.roster is not None
        numbered = None
        for table in self.tables:
            said = table.find(attempt.number) if attempt.number else None
            numbered = self._in_roster(said) if said else None
            if said and numbered:
                agree = any(said in table.meant(word) or is_part(said.name, word) for word in words)
                if agree or not words or not said.name:
                    return {numbered: Claim(sure=True, own=True)}
                break  # a group's number may be somebody else's as well
        if person := self.roster.find(*words):
            return {person: Claim(sure=not attempt.number, own=bool(attempt.number))}
        for table, word in product(self.tables, words):
            if team := list(filter(None, map(self._in_roster, table.team(word)))):
                return dict.fromkeys(team, Claim(sure=True, own=False))
        meant = [one for word in words for one in self.roster.meant(word)] + ([numbered] if numbered else [])
        if meant:
            names = " or ".join(sorted({one.id for one in meant}))
            self.remarks.append(f"{attempt.name} may be {names}: place it by hand.")
        return {}

    def _in_roster(self, said: Person) -> Person | None:
        assert self.roster is not None
        return self.roster.find(*filter(None, (said.id, said.email, said.name)))

    def _by_archive(self, attempts: list[Attempt]) -> list[dict[Person, Claim]]:
        """Students by the archive's own names; where several have one, or had, the number is added."""

        def named(attempt: Attempt, words: tuple[str, ...]) -> tuple[str, str]:
            if attempt.number or not words:
                return _slug(attempt.name), attempt.number.removeprefix("participant ")
            return _slug(words[-1]), words[0]

        names = [[named(attempt, words) for words in attempt.who] for attempt in attempts]
        numbers = defaultdict(set)
        for name, number in chain.from_iterable(names):
            numbers[name].add(number)

        def person(name: str, number: str) -> Person:
            longer = f"{name}-{_slug(number)}"
            return Person(longer if len(numbers[name]) > 1 or (self.kept / longer).exists() else name)

        claim = Claim(sure=True, own=True)
        return [{person(*one): claim for one in people} for people in names]


def _disputed(claims: dict[str, bool], number: str) -> bool:
    """Whether somebody else has as good a claim on a student as whoever has this number."""
    rivals = [sure for other, sure in claims.items() if other != number]
    return any(rivals) if claims[number] else bool(rivals)


def _slug(name: str) -> str:
    """A folder's name for a student of whom only the archive tells."""
    return re.sub(r"[^\w.-]+", "-", name.partition("@")[0]).strip("-.").lower() or "unknown"
