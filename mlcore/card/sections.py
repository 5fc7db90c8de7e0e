"""The sections of a card in the order in which a person asks: what is it, how good, for whom, why, and what not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlcore.card.layouts import Card, Section
from mlcore.card.quality import chances, flags, groups, parts, quality, scoreless
from mlcore.card.wording import Told, figure, listed, percent, points, spoken, value, whole
from mlcore.plain import plain
from mlcore.report import TrainingReport

SLIGHT = 0.05
LIMITS = (
    "A score says what is likely if things go on as before; it does not say why, and it is no verdict on a student.",
    "Reasons say what moved the score, not what would move the student: whoever changes something may see no change.",
    "The range is part of the score: about one result in five falls outside the 80 % range, and one in twenty outside the 95 % range.",
    "It knows only what was entered by the day of the score, and nothing that no table holds: illness, a move, a new friend.",
    "It was tested on this school's own results; for another school, another kind of exam or after a change of curriculum the figures above do not hold.",
    "It must not decide alone about a student: a person who knows the student decides.",
)


def card(report: TrainingReport | Mapping[str, Any], versions: Mapping[str, str] | None = None) -> Card:
    """From a report, or from the same as plain data (as a bundle holds it). `versions`: of the libraries it was made with."""
    told = plain(report.as_dict() if isinstance(report, TrainingReport) else report)
    sections = (
        _short(told),
        _learned_from(told),
        quality(told),
        *parts(told),
        *chances(told),
        *flags(told),
        scoreless(told),
        groups(told),
        _importance(told),
        _worst(told),
        _checks(told),
        _candidates(told),
        _curve(told),
        Section("What it cannot say", LIMITS),
        _spec(told, dict(versions or {})),
    )
    return Card(f"Model card: {told['champion_label']}", tuple(each for each in sections if _says(each)), told)


def _says(section: Section) -> bool:
    return bool(section.sentences or section.rows)


def _short(told: Told) -> Section:
    spec, errors = told["spec"], told["errors"]
    subjects = listed(told["data"]["subjects"], "all subjects")
    verdict = (
        "It is fit to serve." if told["verdict"]["fit_to_serve"] else "It is not fit to serve; see the checks below."
    )
    return Section(
        "In short",
        (
            "For a student and an exam that lies ahead, it says what percentage of the maximum is likely, in which "
            "range the result will probably lie, how likely each grade boundary is, and what moved the score.",
            f"Subjects: {subjects}. It may be asked so many days ahead: up to {whole(max(spec['leads']))}.",
            f"On results it had not seen, scores lay {figure(errors['mae'], points)} points from them on average; "
            f"the best simple guess ({told['baseline_label']}) lay {figure(told['baseline_errors']['mae'], points)} away.",
            verdict,
        ),
    )


def _learned_from(told: Told) -> Section:
    data, spec = told["data"], told["spec"]
    held = (
        f"It was tested on the exams from {data['cut']} on, after learning from those before."
        if data["split"] == "time"
        else "It was tested on students from whom it had not learned."
    )
    rows = (
        ("Students", whole(data["students"])),
        ("Exams", whole(data["exams"])),
        ("Results", whole(data["results"])),
        ("Samples (a result, seen from some days before)", whole(data["samples"])),
        ("Samples of the test", whole(data["holdout_rows"])),
        ("First exam", data["first_exam"]),
        ("Last exam", data["last_exam"]),
        ("Day of the data", value(spec["as_of"])),
        ("Fingerprint of the data", data["fingerprint"]),
    )
    notes = tuple(told["notes"])
    return Section("What it learned from", (held, *notes), ("What", "How much"), rows)


def _importance(told: Told) -> Section:
    rows = tuple((name, points(size)) for name, size in told["importance"] if size >= SLIGHT)
    sentence = (
        "By how many points each group of features moves a score, up or down, on average over students. "
        "What is not listed moves it by next to nothing."
    )
    return Section("What moves the score", (sentence,) if rows else (), ("Features", "Points"), rows)


def _worst(told: Told) -> Section:
    rows = tuple(
        (
            each["student"],
            each["exam"],
            whole(each["lead"]),
            points(each["predicted"]),
            points(each["actual"]),
            f"{points(each['low_80'])} to {points(each['high_80'])}",
        )
        for each in told["worst"]
    )
    head = ("Student (key)", "Exam (key)", "Days ahead", "Score", "Result", "80 % range")
    sentence = "Where it erred most in the test. It is worth asking what it could not know."
    return Section("Worst cases", (sentence,) if rows else (), head, rows)


def _checks(told: Told) -> Section:
    rows = tuple((each["sentence"], "passed" if each["passed"] else "failed") for each in told["verdict"]["checks"])
    verdict = "All checks must pass before a version may serve."
    return Section("Checks", (verdict,) if rows else (), ("Check", "Outcome"), rows)


def _candidates(told: Told) -> Section:
    rows = tuple(
        (
            each["label"],
            points(each["rmse"]),
            points(each["mae"]),
            whole(each["fits"]),
            percent(each["weight"]) if each["weight"] else "no part",
            _remark(each),
        )
        for each in sorted(told["candidates"], key=lambda each: (each["rmse"] is None, each["rmse"] or 0.0))
    )
    head = ("Candidate", "RMSE", "Mean error", "Fits", "Weight in the choice", "Remark")
    tried_on = "earlier results only" if told["data"]["split"] == "time" else "students it had not met"
    sentence = f"Chosen by cross-validation on {tried_on}: {told['champion_label']}. Errors in points, smallest first."
    return Section("How it was chosen", (sentence,), head, rows)


def _remark(candidate: Told) -> str:
    remarks = [
        "simple guess" if candidate["is_baseline"] else "",
        "" if candidate["can_serve"] or candidate["is_baseline"] else "for comparison only",
        candidate["dropped"],
    ]
    return "; ".join(remark for remark in remarks if remark)


def _curve(told: Told) -> Section:
    rows = tuple((whole(each["rows"]), points(each["rmse"]), points(each["mae"])) for each in told["learning_curve"])
    sentence = "The error in the test when the same model learned from fewer samples: whether more results would help."
    return Section("More data", (sentence,) if rows else (), ("Samples learned from", "RMSE", "Mean error"), rows)


def _spec(told: Told, versions: Mapping[str, str]) -> Section:
    chosen = {**told["spec"], **{f"floor_of_{name}": each for name, each in (told["spec"].get("floors") or {}).items()}}
    chosen.pop("floors", None)
    rows = tuple((spoken(name), value(chosen[name])) for name in sorted(chosen))
    libraries = tuple((name, versions[name]) for name in sorted(versions))
    return Section("What was asked for", (), ("Setting", "Value"), rows + libraries)
