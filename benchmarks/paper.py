"""`python -m benchmarks.paper`: how long printing takes and how much memory it needs, for a class and for many letters.

Each size in a process of its own, so that what one keeps is not counted for the next.
"""

import os
import resource
import subprocess
import sys
import time
from typing import Any

SIZES = ((35, 1), (35, 100), (500, 1), (500, 4), (1000, 1), (5000, 1))
GRADES = [{"name": name, "from": start, "to": end} for name, start, end in
          (("E", 0, 40), ("D", 40, 50), ("C", 50, 60), ("B", 60, 75), ("A", 75, 100))]  # fmt: skip


def made_up(number: int) -> dict[str, Any]:
    """A letter like any other, no two with the same drawing."""
    low = 20 + number % 37
    return {
        "name": f"Student {number}", "about": "Mathematics 9B · Ada Marsh", "exam": "Final exam, 3 July 2026", "draft": "",
        "headline": f"Probably between {low} and {low + 26} per cent.",
        "range": {"low": low, "high": low + 26, "score": low + 13, "pass": 50, "pass_label": "pass mark 50",
                  "is_below": low < 37, "alt": f"From {low} to {low + 26}", "grades": GRADES},
        "chance": "Chance of reaching the pass mark of 50 per cent: about 8 in 10.", "why": "", "remedy": "",
        "well": {"title": "What goes well", "rows": ["Taking part in clubs and sports."]},
        "help": {"title": "What would help", "rows": ["Being at school every day and on time."] * 2},
        "points": {"title": "What can still change", "rows": [{"is_up": True, "points": "+2", "label": "Attendance"}], "note": ""},
        "comment": "Two hours of practice a week go a long way.", "comment_title": "From the school", "comment_by": "Ada Marsh",
        "agreed": "What we agree", "estimate_title": "An estimate", "estimate": "Ranges like these held 8 of 10 results.",
        "ask_title": "Questions?", "ask": "Ask Ada Marsh.",
    }  # fmt: skip


def measure(letters: int, times: int) -> None:
    import django

    django.setup()
    from portal.kit.pdf import make_pdf
    from predictions.reports.fitting import fitted

    seconds, size = 0.0, 0
    for turn in range(times):
        told = [fitted(made_up(turn * letters + place)) for place in range(letters)]
        frame = {"title": "Letters", "school": "Lakeside School", "date": "21 November 2026", "foot": ""}
        begun = time.perf_counter()
        size = len(make_pdf("student_letter.typ", {**frame, "letters": told}))
        seconds += time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    each = 1000 * seconds / (letters * times)
    print(
        f"{letters:>6} letters x {times:<4} {seconds:7.2f} s  {each:5.2f} ms a letter  {size // 1024:>6} KB  {memory:>5} MB at most"
    )


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if len(sys.argv) == 3:
        measure(int(sys.argv[1]), int(sys.argv[2]))
        return
    for letters, times in SIZES:
        subprocess.run([sys.executable, "-m", "benchmarks.paper", str(letters), str(times)], check=True)


if __name__ == "__main__":
    main()
