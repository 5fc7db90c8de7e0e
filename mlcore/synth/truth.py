"""The true coefficients of the made-up school; docs/demo-school.md explains each of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Truth:
    """How a mark comes about. One unit of the latent score is `points` per cent of the maximum."""

    centre: float = 62.0
    points: float = 13.0

    ability: float = 0.75
    aptitude: float = 0.40
    growth: float = 0.25
    effort: float = 0.15
    effort_coursework: float = 0.35
    teacher: float = 0.15
    untaught: float = -0.25

    study: float = 0.80
    study_scale: float = 8.0
    absence: float = -2.50
    chronic: float = -0.25
    chronic_from: float = 0.10
    absence_window: int = 60
    club: float = 0.10
    prep_course: float = 0.20
    reading: float = 0.08
    other_language: float = -0.15

    difficulty: float = 0.30
    noise: float = 0.55
    noise_weak: float = 0.15
    noise_test: float = 1.15
    noise_quiz: float = 1.50
    noise_coursework: float = 0.90
    noise_final: float = 0.85


TRUTH = Truth()
