"""The range of one exam as a family sees it drawn: places in per cent of the width, so that it fits a phone and a sheet alike."""

from dataclasses import dataclass

from predictions.outlooks.contract import OutlookRow

EDGE = 8.0  # nearer to an end of the axis than this a word turns inwards


@dataclass(frozen=True, slots=True)
class Drawn:
    """`low_anchor` and `high_anchor`: to which side of its place each figure is written."""

    low: float
    width: float
    score: float
    high: float
    pass_mark: float
    low_anchor: str
    high_anchor: str
    pass_anchor: str


def drawn(row: OutlookRow) -> Drawn | None:
    prediction = row.prediction
    if prediction is None or prediction.score is None or prediction.low_80 is None or prediction.high_80 is None:
        return None
    low, high, score = (_inside(each) for each in (prediction.low_80, prediction.high_80, prediction.score))
    pass_mark = _inside(row.scale.pass_mark)
    return Drawn(
        low=low,
        width=round(max(0.5, high - low), 2),
        score=score,
        high=high,
        pass_mark=pass_mark,
        low_anchor="start" if low < EDGE else "end",
        high_anchor="end" if high > 100 - EDGE else "start",
        pass_anchor="start" if pass_mark < 4 * EDGE else "end" if pass_mark > 100 - 4 * EDGE else "middle",
    )


def _inside(percent: float) -> float:
    return round(min(100.0, max(0.0, percent)), 2)
