"""What counts as a fault of a version that serves: its figures of the last months against what its school asks for."""

from typing import Any

from django.utils.translation import gettext_noop as _

from predictions.alerting import Fault
from predictions.models import AlertKind, Measurement, ModelPolicy

LEAST_ROWS, LEAST_STUDENTS = 50, 30
TOO_WIDE = 2.0  # a range that holds more often than it says is the lesser fault, as in the gate of training
BY_RESULTS = (AlertKind.ERROR, AlertKind.COVERAGE, AlertKind.BASELINE)


def can_judge(measured: Measurement) -> bool:
    """With fewer results nothing is raised, and nothing that was raised is taken back."""
    facts = measured.facts
    return bool(facts.get("enough")) and measured.rows >= LEAST_ROWS and facts["students"] >= LEAST_STUDENTS


def by_results(measured: Measurement, policy: ModelPolicy) -> list[Fault]:
    """Of a measure over all results of the last months that can be judged."""
    facts = measured.facts
    found = [_error(facts, policy), _coverage(facts, policy), _baseline(facts)]
    return [fault for fault in found if fault is not None]


def by_drift(measured: Measurement) -> list[Fault]:
    """What is far stands in predictions/measuring/drifting.py."""
    facts = measured.facts
    if not facts.get("far"):
        return []
    return [Fault(AlertKind.DRIFT, facts["sentence"], {"unlike": facts["unlike"], "moved": len(facts["moved"])})]


def _error(facts: dict[str, Any], policy: ModelPolicy) -> Fault | None:
    mae, r2 = facts["errors"]["mae"]["value"], facts["errors"]["r2"]["value"]
    told = {"rows": facts["errors"]["rows"]}
    if policy.most_error is not None and mae is not None and mae > policy.most_error:
        told |= {"mae": f"{mae:.1f}", "most": f"{policy.most_error:.1f}"}
        sentence = _(
            "Scores lay %(mae)s points from %(rows)s results on average; the school asks for %(most)s at most."
        )
        return Fault(AlertKind.ERROR, sentence % told, {"mae": mae, "most": policy.most_error})
    if policy.least_r2 is not None and r2 is not None and r2 < policy.least_r2:
        told |= {"r2": f"{100 * r2:.0f}", "least": f"{100 * policy.least_r2:.0f}"}
        sentence = _(
            "Scores explain %(r2)s %% of the differences between %(rows)s results; the school asks for %(least)s %%."
        )
        return Fault(AlertKind.ERROR, sentence % told, {"r2": r2, "least": policy.least_r2})
    return None


def _coverage(facts: dict[str, Any], policy: ModelPolicy) -> Fault | None:
    """Off only where the whole interval is, so that luck raises no alarm."""
    for name, promise in (("hit_80", 0.80), ("hit_95", 0.95)):
        hit = facts["coverage"][name]
        if hit["value"] is None or hit["low"] is None or hit["high"] is None:
            continue
        short = hit["high"] < promise - policy.coverage_slack
        wide = hit["low"] > promise + TOO_WIDE * policy.coverage_slack
        if short or wide:
            told = {"hit": round(100 * hit["value"]), "promise": round(100 * promise)}
            sentence = _("Of 100 results %(hit)s lay in the range that promises %(promise)s, and not by luck.") % told
            return Fault(AlertKind.COVERAGE, sentence, {"hit": hit["value"], "promise": promise})
    return None


def _baseline(facts: dict[str, Any]) -> Fault | None:
    gain = facts["baseline"]["gain"]
    if gain["value"] is None or gain["high"] is None or gain["high"] >= 0:
        return None
    told = {"more": f"{-100 * gain['value']:.0f}", "rows": facts["errors"]["rows"]}
    sentence = _(
        "On %(rows)s results its error is %(more)s %% larger than that of the simplest guess, and not by luck."
    )
    return Fault(AlertKind.BASELINE, sentence % told, {"gain": gain["value"]})
